import streamlit as st

from components.fine_tuning_page import show_fine_tuning
from components.guard import guard
from components.navigation import enter
from components.segmentation_mode import choose_tuning
from components.segmentation_network import show_network
from components.segmentation_page import show_results
from components.segmentation_source import choose_files, show_gallery
from components.segmentation_task import choose_task

enter("pages/segmentation.py")
st.title("Segmentation", anchor=False)
st.markdown("**For research and teaching, not for diagnosis.** Images stay in memory and are forgotten when you leave.")
task = choose_task()
if task is None:
    st.stop()

tuning = choose_tuning()
show_network(task)
files = [] if tuning else choose_files(task)
with guard():
    if tuning:
        show_fine_tuning(task)
    elif files:
        show_results(task, files)
    else:
        show_gallery(task)
