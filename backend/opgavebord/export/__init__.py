"""A sprint as something to take home: what it says (`report.py`), and a writer for each format."""

from typing import Literal, TypeAlias

Format: TypeAlias = Literal["docx", "pdf", "odt", "xlsx", "csv", "json", "png"]
Pictures: TypeAlias = Literal["as_fits", "one", "zip"]
"""Of PNG: a picture or a zip as it fits, always one picture, or always a zip."""
