import streamlit as st

from components.guard import guard
from components.navigation import enter
from components.signature_compare import show_comparison
from components.signature_overview import show_files, show_overview
from components.signature_run import show_run
from components.signature_safety import scan_of, show_safety
from components.signature_source import choose_model
from components.signature_tables import (
    choose_signature,
    show_functions,
    show_operations,
    show_signature,
    show_variables,
)

enter("pages/signatures.py")
st.title("Signature explorer", anchor=False)
st.markdown("What a SavedModel takes, returns, weighs and could do, read from its files without executing it.")
explored = choose_model("explored", "Model to explore")
if explored is None:
    st.stop()

model = explored.description
report = scan_of(model)
show_overview(explored, report)
signatures, run, variables, operations, safety, compare, files = st.tabs(
    ["Signatures", "Run", "Variables", "Operations", "Safety", "Compare", "Files"],
    key="explored_tab",
    on_change="rerun",
    bind="query-params",
)
if signatures.open or run.open:
    with signatures if signatures.open else run, guard():
        signature = choose_signature(model)
        if signature is not None and signatures.open:
            show_signature(explored, signature)
        elif signature is not None:
            show_run(explored, signature)
        if signatures.open:
            show_functions(model)
if variables.open:
    with variables, guard():
        show_variables(model)
if operations.open:
    with operations, guard():
        show_operations(model)
if safety.open:
    with safety, guard():
        show_safety(report)
if compare.open:
    with compare, guard():
        show_comparison(explored)
if files.open:
    with files, guard():
        show_files(explored, report)
