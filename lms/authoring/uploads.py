"""Where packages lie that somebody has sent: apart from all other files, until they are forgotten.

As with staff lists: a file that is also something else of the server would be deleted with them.
"""

from __future__ import annotations

from flask import current_app

from lms.files import FileStore


def store() -> FileStore:
    """Return the store of uploaded packages of this server."""
    return FileStore(current_app.config["LMS"].data / "packages")
