"""What the page does: segment images, or teach the network another kind of image."""

import streamlit as st

from components.fine_tuning_files import UPLOADS
from components.kept_uploads import keep_uploads
from components.segmentation_source import UPLOADS as IMAGES

MODE = "seg_mode"  # its name in the URL
SEGMENT, TUNE = "Segment", "Fine-tune"
_SENT = "seg_mode_sent"  # the state is set, and a default beside it would be one too many


def choose_tuning() -> bool:
    """Draw the choice; return whether the network is to be fine-tuned."""
    mode = st.segmented_control(
        "What to do",
        [SEGMENT, TUNE],
        # In the run after segment_now alone: a browser whose first run was cut short would draw no choice at all.
        default=None if st.session_state.pop(_SENT, False) else SEGMENT,
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
    st.session_state[_SENT] = True
