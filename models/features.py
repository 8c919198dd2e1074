"""Embeddings of texts, pictures and sounds behind one call."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import CancelledError, InvalidInputError, PolyglotError
from models.feature_inputs import Item, Prepared, as_items, find_modality
from models.feature_inputs.pictures import read_picture
from models.feature_inputs.sounds import read_sound
from models.feature_inputs.texts import read_texts
from models.feature_models import Embedded, FeatureModel, feature_model
from models.feature_outputs.features import FeatureRow, Features, Problem
from models.feature_variants import find_variant, variants
from models.hub import Progress, load_model
from models.model_spec import Modality, ModelSpec
from models.text.encoder import MAX_BATCH

__all__ = ["DynamicFeatureExtractor", "FeatureRow", "Features", "Problem"]

_NOUNS = {Modality.TEXT: "Text", Modality.IMAGE: "Picture", Modality.AUDIO: "Recording"}
_Loader = Callable[[ModelSpec], FeatureModel]


class DynamicFeatureExtractor:
    """Finds out what it is given, checks it against the contract of the model, and embeds it.

    A model is loaded when it is first needed, and stays loaded as long as the extractor lives.

    Args:
        load: loads a model; ``models.hub.load_model`` where nothing else is given.
        progress: told what the loading of a model is doing.
        cache_dir: of downloaded models; see ``models.hub``.
    """

    def __init__(
        self, load: _Loader | None = None, progress: Progress | None = None, cache_dir: Path | str | None = None
    ) -> None:
        self._load = load or (lambda spec: feature_model(load_model(spec, progress, cache_dir)))
        self._models: dict[ModelSpec, FeatureModel] = {}

    @staticmethod
    def variants(modality: Modality | str) -> dict[str, ModelSpec]:
        """The names that ``model_variant`` takes for a modality, and the models that they stand for."""
        return variants(_modality(modality))

    def extract_features(
        self,
        data: Any,
        modality: Modality | str | None = None,
        model_variant: str | Path | ModelSpec = "default",
        batch_size: int = 32,
        max_length: float | None = None,
        *,
        names: Sequence[str] | None = None,
        sample_rate: int | None = None,
        skip_unreadable: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> Features:
        """Return one embedding for each input: text, picture or sound; a document gives one for each passage.

        Args:
            data: one input or several of one modality: strings, paths, bytes, arrays or PIL images; see
                ``models.feature_inputs.items.as_items``.
            modality: "text", "image" or "audio"; found from the input where it is not given.
            model_variant: a name of ``variants(modality)``, a catalogue name, or a ``Path`` to a SavedModel that you
                trust. "default" ships with this package and needs no network.
            batch_size: 1 to 64.
            max_length: characters of a text, seconds of a sound; what is longer is cut, and a note says so. Without
                it, texts are read whole, and sounds of more than ten minutes are refused. Pictures have none.
            names: one for each input, for messages and tables.
            sample_rate: of waveforms in arrays, in Hz; 16,000 where it is not given.
            skip_unreadable: leave out what cannot be read and list it in ``problems`` instead of raising.
            progress: called with inputs done and inputs in all.
            cancel: asked between batches; True stops.

        Returns:
            Features: ``embeddings`` float32 [N, D], and what each row is.

        Raises:
            InvalidInputError: nothing to read, several kinds, an unknown variant, or a parameter out of range.
            UnreadableFileError: a file or an array that breaks the model's contract; see ``skip_unreadable``.
            ModelUnavailableError: the model cannot be had or failed.
            CancelledError: ``cancel`` returned True.
        """
        if not 1 <= batch_size <= MAX_BATCH:
            raise InvalidInputError(f"The batch size must be between 1 and {MAX_BATCH}, not {batch_size}.")
        if max_length is not None and not max_length > 0:
            raise InvalidInputError(f"The longest length must be more than 0, not {max_length}.")
        wanted = None if modality is None else _modality(modality)
        items = as_items(data, wanted, names)
        found = wanted or find_modality(items)
        spec = find_variant(found, model_variant)
        run = _Run(spec, found, max_length, sample_rate, skip_unreadable)
        started, loading = time.perf_counter(), 0.0
        # Texts in one go, because their encoder sorts them by length; the others as they fit into memory.
        step = {Modality.TEXT: len(items), Modality.IMAGE: batch_size, Modality.AUDIO: 1}[found]
        for start in range(0, len(items), step):
            if cancel is not None and cancel():
                raise CancelledError(f"Stopped after {start:,} of {len(items):,} inputs.")
            run.read(items[start : start + step], start)
            if run.waiting and spec not in self._models:
                before = time.perf_counter()
                self._models[spec] = self._load(spec)
                loading = time.perf_counter() - before
            if run.waiting:
                # texts count themselves, passage by passage
                inner = progress if found is Modality.TEXT else None
                run.embed(self._models[spec], batch_size, inner, cancel)
            if progress is not None:
                progress(min(start + step, len(items)), len(items))
        return run.result(time.perf_counter() - started - loading)


class _Run:
    """One extraction: what was read and waits for the model, and what is done."""

    def __init__(
        self, spec: ModelSpec, modality: Modality, max_length: float | None, sample_rate: int | None, skip: bool
    ) -> None:
        self.spec, self.modality, self.skip = spec, modality, skip
        self.max_length, self.sample_rate = max_length, sample_rate
        self.waiting: list[tuple[int, Prepared]] = []
        self.rows: list[FeatureRow] = []
        self.vectors: list[np.ndarray] = []
        self.problems: list[Problem] = []
        self._names: Counter[str] = Counter()

    def read(self, items: Sequence[Item], first: int) -> None:
        """Prepare inputs; ``first`` is the position of the first."""
        self.waiting = []
        for source, item in enumerate(items, first):
            name = item.name or ("" if isinstance(item.value, str) else f"{_NOUNS[self.modality]} {source + 1}")
            try:
                self.waiting += [(source, prepared) for prepared in self._prepared(Item(name, item.value))]
            except PolyglotError as error:
                if not self.skip:
                    raise
                self.problems.append(Problem(name, source, str(error)))

    def _prepared(self, item: Item) -> list[Prepared]:
        if self.modality is Modality.TEXT:
            return read_texts(item, None if self.max_length is None else max(1, int(self.max_length)))
        if self.modality is Modality.IMAGE:
            return [read_picture(item, self.spec.input)]
        return [read_sound(item, self.spec.input, self.max_length, self.sample_rate)]

    def embed(
        self,
        model: FeatureModel,
        batch_size: int,
        progress: Callable[[int, int], None] | None,
        cancel: Callable[[], bool] | None,
    ) -> None:
        """Embed what waits."""
        embedded = model.embed([prepared.value for _, prepared in self.waiting], batch_size, progress, cancel)
        for (source, prepared), one in zip(self.waiting, embedded, strict=True):
            self.rows.append(self._row(source, prepared, one))
            self.vectors.append(one.vector)

    def _row(self, source: int, prepared: Prepared, one: Embedded) -> FeatureRow:
        self._names[prepared.name] += 1
        again = self._names[prepared.name]
        name = prepared.name if again == 1 else f"{prepared.name} ({again})"
        return FeatureRow(
            name, source, prepared.notes, prepared.preview, prepared.seconds, one.windows, one.log_mel, one.classes
        )

    def result(self, seconds: float) -> Features:
        """Everything that was embedded."""
        width = self.spec.output_width or 0
        embeddings = np.stack(self.vectors) if self.vectors else np.zeros((0, width), dtype=np.float32)
        return Features(embeddings, tuple(self.rows), self.modality, self.spec, tuple(self.problems), seconds)


def _modality(value: Modality | str) -> Modality:
    try:
        return Modality(value)
    except ValueError:
        raise InvalidInputError(f"There is no modality {value!r}. Choose one of: {', '.join(Modality)}.") from None
