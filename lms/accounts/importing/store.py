"""Where the files of lists lie: apart from all other files, since they are deleted after 30 days.

The content-addressed store keeps equal bytes once: a file that is also something else of the
server would be deleted with the list.
"""

from __future__ import annotations

from flask import current_app

from lms.files import FileStore


def store() -> FileStore:
    """Return the store of lists of this server."""
    return FileStore(current_app.config["LMS"].data / "lists")
