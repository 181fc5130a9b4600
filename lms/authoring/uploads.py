"""Where packages lie that somebody has sent: apart from all other files, until they are forgotten.

As with staff lists: a file that is also something else of the server would be deleted with them.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import IO

from flask import current_app

from lms.files import FileStore


def store() -> FileStore:
    """Return the store of uploaded packages of this server."""
    return FileStore(current_app.config["LMS"].data / "packages")


def keep(stream: IO[bytes]) -> str:
    """Store what was sent and return its digest; it may be too large to be held in memory."""
    there = store()
    there.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=there.folder, prefix=".coming-", delete=False) as made:
        shutil.copyfileobj(stream, made)
    try:
        return there.take(Path(made.name))
    finally:
        Path(made.name).unlink(missing_ok=True)
