import streamlit as st

from components.guard import guard
from components.model_picker import active_model, model_picker, model_status, ready_encoder, show_waiting
from components.similarity_examples import Mode, examples
from components.similarity_input import choose_mode, sentence_lists, show_notes
from components.similarity_view import invite, show_comparison

st.title("Similarity", anchor=False)
choices = st.container(horizontal=True, vertical_alignment="center", gap="small")
example = examples()
with choices:
    mode = choose_mode()
    model_picker()
model_status()

if mode is Mode.SCORED:
    st.stop()
lists = sentence_lists(mode)
show_notes(lists)
if not lists.complete:
    invite(mode, lists)
elif ready_encoder() is None:
    show_waiting()
    st.skeleton(height=300)
else:
    with guard():
        show_comparison(lists, active_model())
