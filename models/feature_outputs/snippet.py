"""The Python code that does what the page did."""

from collections.abc import Sequence
from pathlib import PurePath

from models.model_spec import Modality, ModelSpec

_MOST = 6


def snippet(
    modality: Modality, model: ModelSpec, inputs: Sequence[str], files: bool, max_length: float | None = None
) -> str:
    """Code that embeds the same inputs with the same model; names and texts are literals, so nothing can leave them.

    Args:
        modality: of the inputs.
        model: of the catalogue.
        inputs: texts, or names of files.
        files: whether ``inputs`` are names of files.
        max_length: as given to ``extract_features``.
    """
    shown = [repr(PurePath(name).name if files else name) for name in inputs[:_MOST]]
    given = [f"    Path({name})," if files else f"    {name}," for name in shown]
    more = len(inputs) - len(shown)
    if more > 0:
        given.append(f"    # and {more:,} more")
    bundled_default = model.bundled_path is not None and "default" in model.variants
    arguments = ["inputs", f'modality="{modality}"']
    if not bundled_default:
        arguments.append(f"model_variant={model.name!r}")
    if max_length is not None:
        arguments.append(f"max_length={max_length:g}")
    lines = [
        *(["from pathlib import Path", ""] if files else []),
        "import numpy as np",
        "",
        "from models import DynamicFeatureExtractor",
        "",
        "inputs = [",
        *given,
        "]",
        f"features = DynamicFeatureExtractor().extract_features({', '.join(arguments)})",
        f"print(features.shape)  # one row {'a passage' if modality is Modality.TEXT and files else 'an input'}, "
        f"{model.output_width or 'D'} numbers each",
        'np.save("features.npy", features.embeddings)',
    ]
    return "\n".join(lines)
