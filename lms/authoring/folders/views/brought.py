"""Taking a file that somebody brings, and what the worker has found in it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from lms.accounts.importing.rules import told
from lms.authoring import uploads
from lms.authoring.folders.forms import PackageForm
from lms.authoring.folders.rules import LARGEST_MB
from lms.authoring.packages import unpacked
from lms.authoring.sent import FILE_GONE
from lms.extensions import db
from lms.jobs.models import Job
from lms.kernel.errors import Refused
from lms.kernel.messages import Message
from lms.web import uploads as web_uploads
from lms.web.language import say

MOST_FAULTS = 50  # that a page lists


def uploading(form: PackageForm) -> dict[str, Any]:
    """Return what a page needs that takes a file.

    Not as ``form``: changing the language would send the file, and no page can keep it.
    """
    form.key.data = form.key.data or secrets.token_hex(16)
    no_room = None if form.errors or web_uploads.takes_files() else web_uploads.NO_ROOM
    return {"upload": form, "largest": LARGEST_MB, "no_room": no_room}


def keep(form: PackageForm) -> str:
    """Store the file that a form has brought and return its digest."""
    form.key.data = form.key.data or secrets.token_hex(16)
    db.session.remove()  # no connection waits while the disk writes
    return uploads.keep(form.stream())


def found_in(brought: Job) -> dict[str, Any]:
    """Return what the worker has found, nothing while it has not looked."""
    return dict(brought.result or {}) if brought.state == "done" else {}


def said(found: Mapping[str, Any]) -> str:
    """Say what the worker says of a package: why it is refused, else whose it is."""
    kept = found.get("refused") or found.get("said")
    return say(told(kept)) if kept else ""


def faults(found: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Return the first faults of the course: file, line and what to do, in words."""
    return [
        (file, line, say(told(kept))) for file, line, kept in found.get("faults", ())[:MOST_FAULTS]
    ]


def files_of(brought: Job) -> dict[str, bytes]:
    """Return the files of a folder that was brought; raises Refused when it is gone by now."""
    try:
        return unpacked(uploads.store().get(brought.facts["file"]), drops_litter=True)[1]
    except FileNotFoundError:
        raise Refused(Message(FILE_GONE)) from None
