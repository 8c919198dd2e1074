"""The table of pages: a new page is one entry here and one file in pages/."""

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class PageEntry:
    """One page of the app.

    Args:
        file: its script, relative to app.py.
        title: in the navigation and the browser's tab.
        icon: a Material icon.
        help: what a person does there; shown as a tooltip.
        default: whether the app opens on it.
    """

    file: str
    title: str
    icon: str
    help: str
    default: bool = False


PAGES = (
    PageEntry(
        "pages/search.py",
        "Search",
        ":material/search:",
        "Search documents by meaning, in any of 16 languages. Bring your own or use the sample corpus.",
        default=True,
    ),
    PageEntry(
        "pages/similarity.py",
        "Similarity",
        ":material/grid_on:",
        "Which sentences mean the same, in one list or between two: heat map, translations, models side by side.",
    ),
    PageEntry(
        "pages/signatures.py",
        "Signature explorer",
        ":material/schema:",
        "What a model takes, returns, weighs and could do, read from its files without running it.",
    ),
    PageEntry(
        "pages/segmentation.py",
        "Segmentation",
        ":material/biotech:",
        "Nuclei, heart ventricles and retinal vessels in medical images: outlines, numbers, and files to take along.",
    ),
    PageEntry(
        "pages/features.py",
        "Feature extractor",
        ":material/scatter_plot:",
        "Texts, pictures or sounds as vectors: their map, their nearest neighbours, and the numbers to take along.",
    ),
    PageEntry(
        "pages/about.py",
        "About",
        ":material/info:",
        "The models and where they come from, how to read a score, and what happens to your data.",
    ),
)


ENTERED = "entered_through_app"


def choose_page() -> st.Page:
    """Draw the navigation and return the page that the visitor asked for; its ``run()`` shows it."""
    st.session_state[ENTERED] = True
    return st.navigation(
        [
            st.Page(entry.file, title=entry.title, icon=entry.icon, help=entry.help, default=entry.default)
            for entry in PAGES
        ],
        position="top",
    )


def enter(file: str) -> None:
    """Begin the page ``file``; where Streamlit runs it alone, without app.py, start again through that.

    It does so on a fresh server whose first visitor follows a link to a page: until ``st.navigation`` is called, it
    takes pages/ for an app without a router, and the visitor would see neither logo nor navigation.
    """
    if not st.session_state.get(ENTERED):
        choose_page()
        st.switch_page(file, query_params=st.query_params.to_dict())
