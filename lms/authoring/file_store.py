"""Where the packages of editions lie that pages take from the file store and give out."""

from __future__ import annotations

from flask import current_app

from lms.files import FileStore


def store() -> FileStore:
    """Return the store of this data folder."""
    return FileStore(current_app.config["LMS"].data / "files")
