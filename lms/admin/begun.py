"""Whether there is a server where a command looks for one.

Opening an SQLite database makes it. A command that only works with a server must not begin one in a
folder whose name was mistyped: the next one would find it and say that nobody works there.
"""

from __future__ import annotations

from lms.db import sqlite_file
from lms.settings import Settings, SettingsError

# What may begin in an empty folder. A restore does, too, but opens the database by itself.
BEGINNING = frozenset({"serve", "prepare", "demo"})
# One of them is there as soon as a server has begun, whatever its database.
SIGNS = ("secret.key", "site.id", "files")


def require_begun(settings: Settings) -> None:
    """Refuse a data folder in which no server has begun; writes nothing.

    raises SettingsError, which names what is missing and says what to do.
    """
    database = sqlite_file(settings.database_url)
    if database is None:
        begun = any((settings.data / name).exists() for name in SIGNS)
    else:
        begun = database.exists()
    if not begun:
        missing = f", since {database} is missing" if database else ""
        raise SettingsError(
            f"There is no server in {settings.data}{missing}. Nothing was made. If yours is in "
            "another folder, name that one with LMS_DATA. A new server begins with: lms prepare"
        )
