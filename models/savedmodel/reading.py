"""From the files of a SavedModel to its description; TensorFlow is neither imported nor asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import UnreadableFileError
from models.savedmodel.budget import within_budget
from models.savedmodel.checkpoint_index import IndexEntry, read_index
from models.savedmodel.description import ModelDescription
from models.savedmodel.object_graph import entry_points, read_functions
from models.savedmodel.schema import saved_model_messages
from models.savedmodel.signatures import read_signatures
from models.savedmodel.statistics import call_graph, count_operations, node_calls, read_bodies
from models.savedmodel.variables import read_variables

GRAPH_FILE = "saved_model.pb"
INDEX_FILE = "variables/variables.index"
OLD_HUB_FILE = "tfhub_module.pb"
_NEW_HUB = "Use a newer version of the model: a TensorFlow 2 SavedModel."


@dataclass(frozen=True)
class ModelFiles:
    """The parts of a SavedModel that are read, in memory.

    Args:
        name: what a person calls the model.
        graph: content of saved_model.pb.
        index: content of variables/variables.index; None where there is none.
        sizes: every file of the model, relative name -> bytes.
        trusted: whether it comes from a place that the owner of this app chose.
        notes: what was noticed while the files were found.
    """

    name: str
    graph: bytes
    index: bytes | None
    sizes: Mapping[str, int]
    trusted: bool = False
    notes: tuple[str, ...] = ()


def read_folder(folder: Path, name: str, trusted: bool = True) -> ModelFiles:
    """Read the files of the SavedModel in ``folder``.

    Raises:
        UnreadableFileError: there is no SavedModel of TensorFlow 2, or it cannot be read.
    """
    try:
        sizes = {
            file.relative_to(folder).as_posix(): file.stat().st_size for file in folder.rglob("*") if file.is_file()
        }
        check_names(name, set(sizes))
        graph = (folder / GRAPH_FILE).read_bytes()
        index = (folder / INDEX_FILE).read_bytes() if INDEX_FILE in sizes else None
    except OSError as error:
        raise UnreadableFileError(name, "cannot be read on this server", "Check the folder's permissions.") from error
    return ModelFiles(name, graph, index, dict(sorted(sizes.items())), trusted)


def check_names(name: str, names: set[str]) -> None:
    """Raise UnreadableFileError when files of these names are no SavedModel of TensorFlow 2."""
    if OLD_HUB_FILE in names:
        raise UnreadableFileError(name, "is in the old TensorFlow 1 hub format, which cannot be called", _NEW_HUB)
    if GRAPH_FILE in names:
        return
    if names & {"saved_model.pbtxt", "saved_model.cpb"}:
        raise UnreadableFileError(
            name,
            "holds its graph in another form than saved_model.pb (as text or in chunks)",
            "Load it with TensorFlow and save it again with tf.saved_model.save.",
        )
    raise UnreadableFileError(
        name,
        f"holds no {GRAPH_FILE}, so it is not a SavedModel",
        "Choose the folder that tf.saved_model.save wrote, or an archive of it.",
    )


def describe(files: ModelFiles) -> ModelDescription:
    """Return what the files say.

    Raises:
        UnreadableFileError: saved_model.pb is empty, damaged, too large to unfold, or of TensorFlow 1's hub.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        return _describe(files, _parse(files).meta_graphs)
    except DecodeError as error:
        raise _damaged(files.name) from error


def _describe(files: ModelFiles, graphs: Any) -> ModelDescription:
    tags = [tag for graph in graphs for tag in graph.meta_info_def.tags]
    first = next((graph for graph in graphs if "serve" in graph.meta_info_def.tags), None)
    first = first or graphs[0]
    collections = [entry.key for graph in graphs for entry in graph.collection_def]
    if any(key.startswith("hub_") for key in collections) or any(tag.startswith("hub_module") for tag in tags):
        raise UnreadableFileError(files.name, "is a module of the TensorFlow 1 hub, which cannot be called", _NEW_HUB)
    notes = list(files.notes)
    entries = _index_entries(files, notes)
    variables = read_variables(entries, first.object_graph_def)
    if variables and files.index is None:
        notes.append("The variables' index is missing: the weights did not come with this copy.")
    if len(graphs) > 1:
        notes.append(f"It holds {len(graphs)} graphs; signatures and variables are those of the first that serves.")
    if not first.object_graph_def.nodes:
        notes.append("It was saved without an object graph, as TensorFlow 1 does: only its signatures can be called.")
    bodies = read_bodies(graphs)
    return ModelDescription(
        name=files.name,
        tags=tuple(dict.fromkeys(tags)),
        tensorflow_version=first.meta_info_def.tensorflow_version,
        signatures=read_signatures(first),
        functions=read_functions(first.object_graph_def),
        variables=variables,
        operations=count_operations(bodies),
        calls=call_graph(bodies),
        entries=entry_points(first.object_graph_def),
        keepers=_keepers(graphs),
        assets=tuple(asset.filename for asset in first.asset_file_def),
        files=files.sizes,
        notes=tuple(notes),
    )


def _parse(files: ModelFiles) -> Any:
    if not files.graph:
        raise UnreadableFileError(files.name, f"has an empty {GRAPH_FILE}", "Copy or save the model again.")
    # What the owner offers may be as large as it likes.
    if not files.trusted and not within_budget(files.graph):
        raise UnreadableFileError(
            files.name,
            "describes more parts than this page reads",
            "Inspect it with saved_model_cli on your own machine.",
        )
    saved_model = saved_model_messages()["SavedModel"].FromString(files.graph)
    if not saved_model.meta_graphs:
        raise _damaged(files.name)
    return saved_model


def _index_entries(files: ModelFiles, notes: list[str]) -> list[IndexEntry]:
    if files.index is None:
        return []
    try:
        return read_index(files.index)
    except ValueError as error:
        notes.append(f"The variables' index cannot be read ({error}): sizes are missing.")
        return []


def _keepers(meta_graphs: Any) -> frozenset[str]:
    """Functions that the saver of a meta graph calls, to write and to read the variables."""
    found: set[str] = set()
    for graph in meta_graphs:
        starts = {graph.saver_def.save_tensor_name.split(":")[0], graph.saver_def.restore_op_name}
        for node in graph.graph_def.node:
            if node.name in starts:
                found.update(node_calls(node))
    return frozenset(found)


def _damaged(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        name, f"has a {GRAPH_FILE} that is damaged, cut off, or something else", "Copy or save the model again."
    )
