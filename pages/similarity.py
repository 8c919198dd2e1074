import streamlit as st

from components.guard import guard
from components.model_picker import active_model, model_picker, model_status, ready_encoder, show_waiting
from components.navigation import enter
from components.similarity_examples import Mode, examples
from components.similarity_input import choose_mode, sentence_lists, show_notes
from components.similarity_scored import choose_scored, show_scored
from components.similarity_view import invite, show_comparison

enter("pages/similarity.py")
st.title("Similarity", anchor=False)
choices = st.container(horizontal=True, vertical_alignment="center", gap="medium")
example = examples()  # before the fields that it fills
with choices:
    mode = choose_mode()
    model_picker()
model_status()

ready = ready_encoder() is not None
with guard():
    if mode is Mode.SCORED:
        scored = choose_scored(example is not None)
        if scored is not None:
            show_scored(*scored, active_model()) if ready else show_waiting()
    else:
        lists = sentence_lists(mode)
        show_notes(lists)
        if not lists.complete:
            invite(mode, lists)
        elif ready:
            show_comparison(lists, active_model())
        else:
            show_waiting()
            st.skeleton(height=300)
