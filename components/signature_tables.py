"""Signatures, callable functions, variables and operations of a model, as tables and as code to copy."""

from collections.abc import Sequence

import streamlit as st

from components.guard import plain
from components.signature_overview import short_number, size_text
from components.signature_source import Explored
from components.wording import counted
from models.savedmodel.description import ModelDescription, SignatureDescription, TensorDescription, shape_text
from models.savedmodel.snippets import cli_snippet, python_snippet, serving_snippet

_DEFAULT = "serving_default"
_MOST_ROWS = 5_000
_SNIPPETS = {"Python": "python", "saved_model_cli": "bash", "TensorFlow Serving": "bash"}


def choose_signature(model: ModelDescription) -> SignatureDescription | None:
    """Draw the choice of a signature where there are several, and return the chosen one; None where there is none."""
    names = [signature.name for signature in model.signatures]
    if not names:
        st.info(
            "This model has no signatures. A program can call the functions of its objects, listed below."
            if model.functions
            else "This model has no signatures and no callable functions: there is nothing to call.",
            icon=":material/info:",
        )
        return None
    if len(names) == 1:
        st.subheader(plain(names[0]), anchor=False)
        return model.signatures[0]
    first = names.index(_DEFAULT) if _DEFAULT in names else 0
    chosen = st.selectbox("Signature", names, index=first, key="explored_signature", width=420)
    return model.signature(chosen) if chosen in names else None


def show_signature(explored: Explored, signature: SignatureDescription) -> None:
    """Draw inputs and outputs of a signature, and the code that calls it."""
    inputs, outputs = st.columns(2, gap="medium")
    with inputs:
        _tensors("Inputs", signature.inputs)
    with outputs:
        _tensors("Outputs", signature.outputs)
    _snippets(explored, signature)


def _tensors(title: str, tensors: Sequence[TensorDescription]) -> None:
    st.markdown(f"**{title}**")
    if not tensors:
        st.caption("None")
        return
    st.dataframe(
        {
            "Name": [tensor.name for tensor in tensors],
            "Type": [tensor.dtype for tensor in tensors],
            "Shape": [shape_text(tensor.shape) for tensor in tensors],
            **({"Structure": [t.structure for t in tensors]} if any(t.structure != "tensor" for t in tensors) else {}),
        },
        hide_index=True,
        alt=f"{title} of the signature with type and shape; a question mark stands for any length",
    )


def _snippets(explored: Explored, signature: SignatureDescription) -> None:
    model, place = explored.description, explored.place
    chosen = st.segmented_control(
        "Code that calls it",
        list(_SNIPPETS),
        default="Python",
        required=True,
        key="explored_snippet",
        persist_state="page",
    )
    if chosen == "saved_model_cli":
        code = cli_snippet(
            signature, ",".join(model.tags) or "serve", place if "://" not in place else "path/to/the/model"
        )
    elif chosen == "TensorFlow Serving":
        code = serving_snippet(signature, explored.spec.name if explored.spec else model.name.split(".")[0])
    else:
        code = python_snippet(model, signature, place)
    st.code(code, language=_SNIPPETS[chosen or "Python"], wrap_lines=True)


def show_functions(model: ModelDescription) -> None:
    """Draw what a program can call on the loaded object."""
    st.subheader("Callable functions", anchor=False)
    if not model.functions:
        st.caption("None: only the signatures can be called.")
        return
    st.dataframe(
        {
            "Function": [function.name for function in model.functions],
            "Arguments": [function.inputs or "none" for function in model.functions],
            "Returns": [function.outputs for function in model.functions],
        },
        hide_index=True,
        column_config={"Arguments": st.column_config.TextColumn(width="large")},
        alt="Functions of the model with their arguments and results",
    )


def show_variables(model: ModelDescription) -> None:
    """Draw the variables with type, shape and size."""
    if not model.variables:
        st.info(
            "This model stores no variables: its numbers, if any, are constants in the graph.", icon=":material/info:"
        )
        return
    shown = model.variables[:_MOST_ROWS]
    st.dataframe(
        {
            "Variable": [variable.name for variable in shown],
            "Type": [variable.dtype for variable in shown],
            "Shape": [shape_text(variable.shape) for variable in shown],
            "Parameters": [variable.elements for variable in shown],
            "Bytes": [variable.bytes for variable in shown],
            "Trainable": [{True: "yes", False: "no", None: "unknown"}[variable.trainable] for variable in shown],
        },
        hide_index=True,
        column_config={
            "Parameters": st.column_config.NumberColumn(format="localized"),
            "Bytes": st.column_config.NumberColumn(format="localized"),
        },
        alt="Variables of the model with type, shape, number of parameters and size",
    )
    numbers = f"{short_number(model.parameters)} parameters, {size_text(model.variable_bytes)}"
    st.caption(f"{counted(len(model.variables), 'variable')}, {numbers}.{_cut(len(model.variables))}")


def show_operations(model: ModelDescription) -> None:
    """Draw how often each operation stands in the graph and in the library of functions."""
    shown = model.operations[:_MOST_ROWS]
    st.dataframe(
        {
            "Operation": [operation.name for operation in shown],
            "Count": [operation.total for operation in shown],
            "Main graph": [operation.graph for operation in shown],
            "Functions": [operation.functions for operation in shown],
        },
        hide_index=True,
        column_config={
            "Count": st.column_config.ProgressColumn(
                format="%d", min_value=0, max_value=max((operation.total for operation in shown), default=1)
            )
        },
        alt="How often each operation stands in the model, the most frequent first",
    )
    total = sum(operation.total for operation in model.operations)
    functions = max(len(model.calls) - 1, 0)
    st.caption(
        f"{counted(total, 'operation')} of {counted(len(model.operations), 'kind')} in the main graph and "
        f"{counted(functions, 'function')} of its library.{_cut(len(model.operations))}"
    )


def _cut(rows: int) -> str:
    return f" The first {_MOST_ROWS:,} are shown; the JSON file has all." if rows > _MOST_ROWS else ""
