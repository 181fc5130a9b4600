"""Write drafts: every save is a version, and nothing that somebody wrote is ever thrown away.

versions    one file: save, accept, remove, restore
folder      the whole: begin, take a folder that was edited elsewhere, put away
names       which course a folder says that it is
old_texts   what blocks of the source said before they were changed
"""

from __future__ import annotations

from lms.authoring.drafts.actions.folder import (
    begin,
    begin_new,
    close,
    published,
    state,
    take_folder,
)
from lms.authoring.drafts.actions.names import CourseNames, course_of
from lms.authoring.drafts.actions.versions import (
    ACCEPTED,
    ASIDE,
    AUTO,
    IMPORT,
    LONGEST_NOTE,
    REMOVED,
    RESTORED,
    SAVED,
    START,
    Saved,
    accept,
    remove,
    restore,
    save,
)

__all__ = [
    "ACCEPTED", "ASIDE", "AUTO", "IMPORT", "LONGEST_NOTE", "REMOVED", "RESTORED", "SAVED", "START",
    "CourseNames", "Saved", "accept", "begin", "begin_new", "close", "course_of", "published",
    "remove", "restore", "save", "state", "take_folder",
]  # fmt: skip
