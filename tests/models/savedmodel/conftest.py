from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.savedmodel.description import ModelDescription
from models.savedmodel.reading import ModelFiles, describe, read_folder

Describe = Callable[[Path], ModelDescription]


@pytest.fixture(scope="session")
def old_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SavedModel as TensorFlow 1 wrote them: a graph, a saver and a signature, no object graph."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    v1 = tf.compat.v1
    folder = tmp_path_factory.mktemp("old") / "1"
    with tf.Graph().as_default(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 2], name="x")
        weights = v1.get_variable("weights", [2, 5], use_resource=False)
        y = tf.matmul(x, weights)
        session.run(v1.global_variables_initializer())
        v1.saved_model.simple_save(session, str(folder), inputs={"x": x}, outputs={"y": y})
    return folder


@pytest.fixture(scope="session")
def vocabulary_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Looks words up in a file among its assets."""
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    words = tmp_path_factory.mktemp("words") / "words.txt"
    words.write_text("sun\nhouse\n", encoding="utf-8")

    class Vocabulary(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            source = tf.lookup.TextFileInitializer(
                str(words), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER
            )
            self.table = tf.lookup.StaticHashTable(source, -1)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, words: Any) -> Any:
            return self.table.lookup(words)

    folder = tmp_path_factory.mktemp("vocabulary") / "1"
    module = Vocabulary()
    tf.saved_model.save(module, str(folder), signatures=module.__call__)
    return folder


def described(folder: Path) -> ModelDescription:
    return describe(read_folder(folder, folder.name))


def files_of(graph: bytes, index: bytes | None = None, trusted: bool = False) -> ModelFiles:
    return ModelFiles("model.zip", graph, index, {"saved_model.pb": len(graph)}, trusted)


def with_graph(folder: Path, change: Callable[[Any], None]) -> ModelFiles:
    """Return the files of a model after ``change`` did something to its ``SavedModel`` message."""
    from models.runtime import import_tensorflow

    import_tensorflow()
    from tensorflow.core.protobuf import saved_model_pb2

    message = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    change(message)
    return files_of(message.SerializeToString(), (folder / "variables" / "variables.index").read_bytes())
