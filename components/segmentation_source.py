"""The images to segment: samples one click away, and uploads, all in memory."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import streamlit as st
from streamlit.typing import UploadedFile

from components.guard import plain
from components.kept_uploads import any_kept, kept_uploads
from components.segmentation_pictures import encoded, fitted
from components.segmentation_task import show_domain
from models.imaging.display import to_rgb
from models.imaging.reading import SUPPORTED_EXTENSIONS, read_image
from models.imaging.sample_images import SampleImage, sample_images
from models.imaging.tasks import SegmentationTask

UPLOADS = "seg_files"
_CHOOSER = "seg_chooser"
_CHOSEN = "seg_chosen"
_IMAGE = "seg_image"
_KNOWN = "seg_known"
_HASHES = "seg_hashes"
_MEGABYTES = 200
_MOST_FILES = 200
_THUMBNAIL = 360  # pixels of the longest side


@dataclass(frozen=True, eq=False)
class ImageFile:
    """A chosen file that has not been read yet.

    Args:
        key: tells it from all others of this visitor.
        name: of the file, as the visitor gave it.
        read: returns its bytes.
        sample: where it is a sample.
    """

    key: str
    name: str
    read: Callable[[], bytes]
    sample: SampleImage | None = None

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal; two uploads that differ in one bit differ here."""
        known: dict[str, str] = st.session_state.setdefault(_HASHES, {})
        if self.key not in known:
            known[self.key] = hashlib.sha256(self.read()).hexdigest()
        return known[self.key]


def choose_files(task: SegmentationTask) -> list[ImageFile]:
    """Draw the samples of a task and the upload field; return what was chosen, uploads first.

    Both fold away as soon as there is an image: on a phone, its result would begin below the screen.
    """
    samples = {sample.title: sample for sample in sample_images(task.name)}
    _fold(_sample_title(task) in samples or bool(st.session_state.get(UPLOADS)) or any_kept(UPLOADS))
    with st.expander("Choose images", key=_CHOOSER, on_change="rerun"):
        show_domain(task)
        pick, upload = st.columns([1.1, 1], gap="medium")
        with pick:
            title = st.pills("Samples", list(samples), key=_sample_key(task), bind="query-params", wrap=True)
        with upload:
            uploads = st.file_uploader(
                "Your images, one or several",
                type=list(SUPPORTED_EXTENSIONS),
                accept_multiple_files=True,
                key=UPLOADS,
                max_upload_size=_MEGABYTES,
            )
            uploads = [*kept_uploads(UPLOADS), *uploads]
    if len(uploads) > _MOST_FILES:
        st.caption(f"Only the first {_MOST_FILES} of {len(uploads):,} files are used.")
    files = [_uploaded(upload) for upload in uploads[:_MOST_FILES]]
    if title in samples:
        files.append(sample_file(samples[title]))
    return files


def sample_file(sample: SampleImage) -> ImageFile:
    """A sample as if it had been uploaded."""
    return ImageFile(f"sample:{sample.name}", sample.file_name, sample.read, sample)


def choose_image(files: list[ImageFile]) -> ImageFile:
    """Draw the choice among several files; what was added last is shown first."""
    by_key = {file.key: file for file in files}
    known = st.session_state.get(_KNOWN, ())
    added = [key for key in by_key if key not in known]
    st.session_state[_KNOWN] = tuple(by_key)
    if added or st.session_state.get(_IMAGE) not in by_key:
        st.session_state[_IMAGE] = (added or list(by_key))[0]
    if len(files) == 1:
        return files[0]
    key = st.selectbox(
        "Image", list(by_key), format_func=lambda key: by_key[key].name, key=_IMAGE, label_visibility="collapsed"
    )
    return by_key[key]


def show_gallery(task: SegmentationTask) -> None:
    """Draw the samples as pictures, each with a button that uses it: what stands here before there is an image."""
    st.markdown("Choose images above, or start with one of these:")
    with st.grid(3, min_column_width=260):
        for sample in sample_images(task.name):
            with st.container(border=True, gap="small", height="stretch"):
                st.image(_thumbnail(sample.task, sample.name), width="stretch", alt=sample.title)
                st.button(
                    sample.title,
                    key=f"seg_try_{sample.name}",
                    icon=":material/play_arrow:",
                    on_click=_use,
                    args=(task, sample),
                    width="stretch",
                )
                st.caption(plain(sample.credit))


def _use(task: SegmentationTask, sample: SampleImage) -> None:
    st.session_state[_sample_key(task)] = sample.title


def _sample_key(task: SegmentationTask) -> str:
    return f"{task.name}_sample"


def _fold(chosen: bool) -> None:
    """Unfold the choice where nothing is chosen, and fold it once something is; a visitor may do otherwise."""
    if _CHOOSER not in st.session_state or st.session_state.get(_CHOSEN) != chosen:
        st.session_state[_CHOOSER] = not chosen
    st.session_state[_CHOSEN] = chosen


def _sample_title(task: SegmentationTask) -> str | None:
    """The sample that will be chosen; on the first run, its field has not read the URL yet."""
    key = _sample_key(task)
    title: str | None = st.session_state[key] if key in st.session_state else st.query_params.get(key)
    return title


def _uploaded(upload: UploadedFile) -> ImageFile:
    return ImageFile(upload.file_id, upload.name, upload.getvalue)


@cache
def _thumbnail(task: str, name: str) -> bytes:
    sample = next(sample for sample in sample_images(task) if sample.name == name)
    return encoded(fitted(to_rgb(read_image(sample.file_name, sample.read())), _THUMBNAIL, (3, 2)))
