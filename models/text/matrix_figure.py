"""A similarity matrix as a figure for a paper or a slide: PNG or SVG, with labels in every script.

Arabic is shaped and ordered by matplotlib itself, which lays text out with libraqm since version 3.11.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.text.script_fonts import FontChoice, fonts_for
from models.text.short_labels import numbered_labels
from models.text.similarity_blocks import aggregate, block_size

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from models.text.similarity_order import Dendrogram

MOST_LABELS = 60  # sentences; more labels than these cannot be read
MOST_VALUES = 15  # sentences; in larger matrices the numbers do not fit
_LABEL_WIDTH = 30
_CELL = 0.38  # inches
_LOW, _HIGH = "#eef5f4", "#0a535a"  # paper to deep teal, as the heat maps of the app in its light theme


@dataclass(frozen=True)
class AxisLabels:
    """The sentences along one side, in the order in which they are drawn.

    Args:
        texts: what they say.
        numbers: their numbers in the list that the person gave, from 1.
        prefix: "A" or "B" where there are two lists.
    """

    texts: Sequence[str]
    numbers: Sequence[int]
    prefix: str = ""

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.texts)


@dataclass(frozen=True)
class FigureSettings:
    """How a figure looks.

    Args:
        title: below the matrix, in words.
        lowest: value of the lightest colour.
        highest: value of the darkest.
        dpi: dots per inch of a PNG.
    """

    title: str = ""
    lowest: float = 0.0
    highest: float = 1.0
    dpi: int = 150


@dataclass(frozen=True)
class MatrixFigure:
    """A drawn figure.

    Args:
        data: the bytes of the file.
        missing_scripts: scripts without a font on this machine; sentences in them carry only their number.
    """

    data: bytes
    missing_scripts: list[str]


def draw_matrix(
    matrix: NDArray[np.float32],
    rows: AxisLabels,
    columns: AxisLabels | None,
    file_format: Literal["png", "svg"],
    settings: FigureSettings | None = None,
    dendrogram: "Dendrogram | None" = None,
    fonts: FontChoice | None = None,
) -> MatrixFigure:
    """Draw a matrix [N, M] with the sentences beside it, and the tree of its rows if there is one.

    Up to 60 sentences a side get labels, up to 15 the values; above 500 the mean of blocks is drawn.

    Args:
        matrix: values in the order in which they are drawn.
        rows: the N sentences.
        columns: the M sentences; None when they are those of the rows: then their numbers are enough.
        file_format: "png" or "svg"; letters in an SVG are paths, so that it looks the same everywhere.
        settings: title and colours.
        dendrogram: of the rows.
        fonts: None finds those that the sentences need.
    """
    settings = settings or FigureSettings()
    drawn = [label for side in (rows, columns) if side and len(side) <= MOST_LABELS for label in _labels(side)]
    fonts = fonts or fonts_for([*drawn, settings.title, "0123456789 ·…"])
    figure = _draw(matrix, rows, columns, settings, dendrogram, fonts)
    buffer = BytesIO()
    figure.savefig(buffer, format=file_format, dpi=settings.dpi, bbox_inches="tight")
    return MatrixFigure(buffer.getvalue(), fonts.missing_scripts)


def _draw(
    matrix: NDArray[np.float32],
    rows: AxisLabels,
    columns: AxisLabels | None,
    settings: FigureSettings,
    dendrogram: "Dendrogram | None",
    fonts: FontChoice,
) -> "Figure":
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

    height, width = (min(max(_CELL * length, 2.2), 9.0) for length in matrix.shape)
    figure = Figure(figsize=(width + 1.2, height + 0.6))
    axes = figure.add_subplot()
    colours = LinearSegmentedColormap.from_list("paper to teal", [_LOW, "#7bb8b9", _HIGH])
    blocks = aggregate(matrix, block_size((matrix.shape[0], matrix.shape[1])))
    image = axes.imshow(
        blocks.means,
        cmap=colours,
        vmin=settings.lowest,
        vmax=settings.highest,
        extent=(0, matrix.shape[1], matrix.shape[0], 0),
        interpolation="nearest",
        aspect="equal" if max(matrix.shape) < 4 * min(matrix.shape) else "auto",
    )
    font: dict[str, Any] = {"fontfamily": list(fonts.families), "parse_math": False}
    _label(axes, rows, columns, font, fonts)
    if max(matrix.shape) <= MOST_VALUES:
        _write_values(axes, matrix, settings, font)
    if dendrogram is not None:
        _draw_tree(axes, dendrogram, matrix.shape[1])
    bar = figure.colorbar(image, ax=axes, shrink=0.6, pad=0.03)
    bar.ax.tick_params(labelsize=8)
    bar.outline.set_visible(False)
    notes = [settings.title] if settings.title else []
    if blocks.aggregated:
        notes.append(f"Each dot is the mean of {blocks.size} x {blocks.size} pairs.")
    if fonts.missing_scripts:
        notes.append(f"No font for {', '.join(fonts.missing_scripts)} here: such sentences show their number.")
    axes.annotate(
        "\n".join(notes),
        (0, 0),
        xycoords="axes fraction",
        xytext=(0, -10),
        textcoords="offset points",
        va="top",
        fontsize=9,
        color="#1b2328",
        annotation_clip=False,
        **font,
    )
    return figure


def _label(axes: Any, rows: AxisLabels, columns: AxisLabels | None, font: dict[str, Any], fonts: FontChoice) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelsize=9)
    axes.xaxis.tick_top()
    if len(rows) <= MOST_LABELS:
        places = np.arange(len(rows)) + 0.5
        axes.set_yticks(places, _drawable(rows, fonts), **font)
        if columns is None:
            axes.set_xticks(places, [str(number) for number in rows.numbers], **font)
    if columns is not None and len(columns) <= MOST_LABELS:
        slanted = {"rotation": 40, "ha": "left", "rotation_mode": "anchor"}
        axes.set_xticks(np.arange(len(columns)) + 0.5, _drawable(columns, fonts), **slanted, **font)


def _labels(side: AxisLabels) -> list[str]:
    return numbered_labels(side.texts, _LABEL_WIDTH, side.prefix, side.numbers)


def _drawable(side: AxisLabels, fonts: FontChoice) -> list[str]:
    """Labels, without the text of those that would come out as boxes."""
    plain = [f"{side.prefix}{number}" for number in side.numbers]
    return [label if fonts.covers(label) else number for label, number in zip(_labels(side), plain, strict=True)]


def _write_values(axes: Any, matrix: NDArray[np.float32], settings: FigureSettings, font: dict[str, Any]) -> None:
    middle = settings.lowest + 0.6 * (settings.highest - settings.lowest)
    for (row, column), value in np.ndenumerate(matrix):
        colour = "white" if value > middle else "#1b2328"
        axes.text(column + 0.5, row + 0.5, f"{value:.2f}", ha="center", va="center", fontsize=6.5, color=colour, **font)


def _draw_tree(axes: Any, tree: "Dendrogram", edge: int) -> None:
    """Links to the right of the matrix, in its own rows."""
    depth = 0.22 * edge / max(float(tree.height.max(initial=0.0)), 1e-9)
    start = edge * 1.02
    for first, second, first_height, second_height, height in zip(
        tree.first, tree.second, tree.first_height, tree.second_height, tree.height, strict=True
    ):
        across = [start + depth * value for value in (first_height, height, height, second_height)]
        axes.plot(across, [first, first, second, second], color="#5f6b70", linewidth=0.8, clip_on=False)
    axes.set_xlim(0, edge * 1.25)
