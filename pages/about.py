import streamlit as st

from components.model_table import model_table
from components.navigation import enter

enter("pages/about.py")
st.title("About Polyglot Lens", anchor=False)

with st.container(width=760):
    st.markdown(
        "Polyglot Lens shows what pretrained TensorFlow models can do, on your own material and without writing code. "
        "It finds passages by what they mean, so a question in Thai finds its answer in Arabic or German. It compares "
        "sentences, says what a model takes and returns, outlines nuclei, ventricles and vessels in medical images, "
        "and turns texts, pictures and sounds into vectors. Segmentation is for research and teaching, not for "
        "diagnosis."
    )

    st.header("How to read a score", anchor=False)
    st.markdown(
        """
A model turns each text into a vector: a list of numbers that stands for its meaning. The **score** of a result is the
cosine similarity of two such vectors, the query's and the passage's. It is at most 1, for texts that the model takes to
say the same, and around 0 or below for texts that have nothing in common.

The number alone does not say whether a result is right. Every model has its own idea of unrelated, and among many
passages one is always the nearest. So the score is compared with what the same query scores against passages that do
not answer it, and the words beside the number say how it stands out: **strong**, **likely**, **possible** match, or
**probably unrelated**. When even the best result does not stand out, the page says **no confident match**.

These words are estimates, fitted on queries with known answers. Read the passage before you rely on it: models mix up
names and numbers, miss negations, and know some languages better than others. The **Language check** on the search page
measures that, on the sample corpus or on your own translations.
"""
    )

    st.header("Your data", anchor=False)
    st.markdown(
        """
* What you type and upload is processed on the server that runs this app. It is held in memory for your browser tab,
  shown to nobody else, and gone when you close the tab.
* Nothing is written to disk, and nothing is sent on. The app collects no usage statistics and sets no cookies for
  tracking.
* Queries are part of the page's address, so that you can share a search. Whoever has the link, or your browser's
  history, can read the query; your documents are not in it.
* Choosing a model that does not ship with the app makes the server download it from TensorFlow Hub. Your texts are not
  sent there.
"""
    )

st.header("Models", anchor=False)
st.markdown("Models that ship with the app work without network; the others are downloaded when somebody chooses them.")
model_table()

with st.container(width=760):
    st.header("Sources and licences", anchor=False)
    st.markdown(
        """
* This app, its bundled models and its sample corpus are under the Apache License 2.0. The sample corpus, short passages
  on 27 topics in 16 languages, was written for the app.
* The card of each bundled model names the data it was trained on, their licences, its scores and its limits; it lies
  beside the model, in `models/bundled`.
* Built with [TensorFlow](https://www.tensorflow.org) and [Streamlit](https://streamlit.io), both Apache-2.0. Languages
  are recognised by [py3langid](https://pypi.org/project/py3langid/) (BSD). PDF files are read by
  [pypdf](https://pypi.org/project/pypdf/) (BSD), DOCX files by [lxml](https://pypi.org/project/lxml/) (BSD), DICOM
  files by [pydicom](https://pypi.org/project/pydicom/) (MIT), TIFF files by
  [tifffile](https://pypi.org/project/tifffile/) (BSD), and sounds by
  [soundfile](https://pypi.org/project/soundfile/) (BSD).
"""
    )
