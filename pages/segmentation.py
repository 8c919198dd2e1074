import streamlit as st

from components.guard import guard
from components.navigation import enter
from components.segmentation_page import show_results
from components.segmentation_source import choose_files, show_gallery
from components.segmentation_task import choose_task

enter("pages/segmentation.py")
st.title("Segmentation", anchor=False)
st.markdown("**For research and teaching, not for diagnosis.** Images stay in memory and are forgotten when you leave.")
task = choose_task()
if task is None:
    st.stop()

files = choose_files(task)
with guard():
    if files:
        show_results(task, files)
    else:
        show_gallery(task)
