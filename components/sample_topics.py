"""What there is to ask about, for a visitor who has not asked yet."""

from functools import lru_cache

import streamlit as st

from components.guard import plain
from components.wording import counted
from models.text.sample_corpus import load_sample_documents
from models.text.search import MultilingualSemanticSearch


def invite(index: MultilingualSemanticSearch | None, language: str) -> None:
    """Say what to do, and what the corpus is about: the topics of the sample, or the documents of the visitor.

    Args:
        index: the visitor's own corpus, or None for the sample.
        language: in which the topics are named.
    """
    if index is not None and not len(index):
        st.info("There is nothing to search yet. Add documents under Documents.", icon=":material/note_add:")
        return
    with st.container(border=True):
        st.subheader("Ask in one language, read answers in all", anchor=False)
        if index is not None:
            documents = counted(len(index.documents), "document")
            st.markdown(f"Type a question: it is compared with {counted(len(index), 'passage')} of {documents}.")
            return
        st.markdown(
            "Type a question, or click an example above. The sample corpus has short passages on these topics, "
            "each in 16 languages; under **Documents** you can search your own."
        )
        for category, titles in topics_in(language).items():
            st.markdown(f"**{plain(category.capitalize())}** :gray[{plain(', '.join(titles))}]")


@lru_cache(maxsize=16)
def topics_in(language: str) -> dict[str, list[str]]:
    """Titles of the sample topics in one language, by category."""
    topics: dict[str, list[str]] = {}
    for document in load_sample_documents([language]):
        topics.setdefault(document.category, []).append(document.title)
    return topics
