"""What the page does: segment images, or teach the network another kind of image."""

import streamlit as st

from components.fine_tuning_files import UPLOADS
from components.kept_uploads import keep_uploads
from components.segmentation_source import UPLOADS as IMAGES

MODE = "seg_mode"  # its name in the URL
SEGMENT, TUNE = "Segment", "Fine-tune"


def choose_tuning() -> bool:
    """Draw the choice; return whether the network is to be fine-tuned."""
    mode = st.segmented_control(
        "What to do",
        [SEGMENT, TUNE],
        # segment_now sets the state, and a default beside it would be one too many
        default=None if MODE in st.session_state else SEGMENT,
        required=True,
        key=MODE,
        bind="query-params",
        on_change=keep_uploads,
        args=(*UPLOADS, IMAGES),
        label_visibility="collapsed",
    )
    return mode == TUNE


def segment_now() -> None:
    """Go to the images to segment; for a callback."""
    keep_uploads(*UPLOADS, IMAGES)
    st.session_state[MODE] = SEGMENT
