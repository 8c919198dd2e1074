"""The result to take along, one file at a time or all in one, and the code that makes it."""

from functools import partial

import streamlit as st

from components.segmentation_files import Make, all_in_one, result_files
from components.segmentation_network import network_of
from components.segmentation_subject import Subject
from models.imaging.preprocessing import ClaheSettings

_LABELS = {
    "_labels.png": ("Label mask, 16-bit PNG", "image/png"),
    "_labels.tif": ("Label mask, 16-bit TIFF", "image/tiff"),
    "_mask.png": ("Binary mask, PNG", "image/png"),
    "_overlay.png": ("Overlay, PNG", "image/png"),
    "_figure.png": ("Figure, PNG", "image/png"),
    "_figure.pdf": ("Figure, PDF", "application/pdf"),
    "_contours.geojson": ("Contours, GeoJSON", "application/geo+json"),
    "_objects.csv": ("Objects, CSV", "text/csv"),
    "_provenance.json": ("Provenance, JSON", "application/json"),
}
_GROUPS = {
    "Masks": ("_labels.png", "_labels.tif", "_mask.png"),
    "Pictures": ("_overlay.png", "_figure.png", "_figure.pdf"),
    "Numbers": ("_objects.csv", "_contours.geojson", "_provenance.json"),
}


def show_downloads(subject: Subject) -> None:
    """Draw the files to download, each made when it is asked for, and the same in Python."""
    segmentation = subject.found.segmentation
    files = result_files(subject.task, segmentation, subject.found.objects, subject.settings.style)
    _button("Everything as zip", "seg_zip", partial(all_in_one, files), f"{subject.task.name}.zip", "application/zip")
    for group, endings in _GROUPS.items():
        st.markdown(f"**{group}**")
        with st.container(horizontal=True, gap="small"):
            for ending in endings:
                name = next(name for name in files if name.endswith(ending))
                label, mime = _LABELS[ending]
                _button(label, f"seg_download{ending}", files[name], name, mime)
    st.caption(
        "In a label mask, 0 is background and every object has its number: it looks black in an image viewer. The "
        "provenance names the network, its SHA-256, all settings, versions, and the SHA-256 of the image."
    )
    st.markdown("**The same in Python**")
    st.code(snippet(subject), language="python", wrap_lines=True)


def snippet(subject: Subject) -> str:
    """Python code that gives this result."""
    chosen, clahe = subject.settings.objects, subject.settings.clahe
    contrast = f"clip_limit={clahe.clip_limit:g}, grid={clahe.grid}" if clahe.enabled else "enabled=False"
    looks = f", second_look={subject.outcome.prediction.second_look}"
    frame = f", frame={subject.image.frame}" if subject.image.frame else ""
    lines = [
        "from dataclasses import replace",
        "",
        "from models import MedicalImageSegmenter",
        f"from {ClaheSettings.__module__} import ClaheSettings",
        "",
        f'segmenter = MedicalImageSegmenter(task="{network_of(subject.task).place}")',
        "settings = replace(",
        "    segmenter.default_objects,",
        f"    threshold={chosen.threshold:g},",
        f"    minimum_size={chosen.minimum_size},",
        f"    fill_holes={chosen.fill_holes},",
        f"    hole_size={chosen.hole_size},",
        f"    split={chosen.split},",
        ")",
        f"clahe = ClaheSettings({contrast})",
        f"found = segmenter.segment({subject.image.name!r}, settings, clahe{looks}{frame})",
        "print(found.count, found.labels.shape)",
        'segmenter.visualize_segmentation(found).savefig("figure.png")',
    ]
    return "\n".join(lines)


def _button(label: str, key: str, make: Make, file_name: str, mime: str) -> None:
    st.download_button(label, make, file_name, mime, key=key, on_click="ignore", icon=":material/download:")
