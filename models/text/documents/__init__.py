"""Reading documents: text, Markdown, CSV, TSV, JSON lines, PDF and DOCX become passages with their place."""

from models.text.documents.contents import DocumentContents, ReadLimits
from models.text.documents.reading import (
    SUPPORTED_EXTENSIONS,
    TABULAR_EXTENSIONS,
    passages_from_lines,
    read_document,
    tabular_columns,
)

__all__ = [
    "SUPPORTED_EXTENSIONS",
    "TABULAR_EXTENSIONS",
    "DocumentContents",
    "ReadLimits",
    "passages_from_lines",
    "read_document",
    "tabular_columns",
]
