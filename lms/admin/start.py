"""What must be so before the server serves: looked at cheaply, put right by a process of its own.

The serving process must stay small, so that nothing heavy (Alembic, Markdown, cryptography) is
loaded into it: it only asks ``needs_preparing`` and starts ``lms prepare`` where that says yes.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.admin import housekeeping, schema
from lms.admin.folders import write_whole
from lms.admin.night import CHECK, LOOK
from lms.admin.reserve import Reserve
from lms.catalogue.models import Course, Edition, OfferedChange
from lms.catalogue.search import actions as search
from lms.certificates.work import lacks_key
from lms.content import folder
from lms.content.digests import core_digest, layer_digest
from lms.content.folder import FolderRefusedError
from lms.db import sqlite_file
from lms.extensions import db
from lms.installation import Site
from lms.jobs import actions as jobs
from lms.kernel.ids import one_time_code
from lms.kernel.messages import Message, msg
from lms.settings import Settings

Transaction = Callable[[], AbstractContextManager[Session]]
SITE_FILE = "site.id"
FIRST_RUN = "first_run_code"


class StartRefusedError(Exception):
    """The server does not start; the message says what to do."""

    def __init__(self, message: Message) -> None:
        """Keep the sentence; its English form is what a terminal shows."""
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at the data folder and the database found."""

    schema_old: bool
    site_missing: bool
    key_missing: bool
    courses_new: bool

    @property
    def needs_preparing(self) -> bool:
        """Whether ``lms prepare`` has something to do."""
        return self.schema_old or self.site_missing or self.key_missing or self.courses_new


def look(settings: Settings) -> Found:
    """Return what is missing before the server can serve; writes nothing.

    Call it inside an application context. raises StartRefusedError when the database belongs to
    another server than this data folder, or is newer than this program.
    """
    require_folder(settings.data)
    present = schema.present_revision(db.engine)
    wanted = schema.wanted_revision()
    if present is not None and present > wanted:
        raise StartRefusedError(
            Message(
                msg(
                    "The database is from a newer version of this program (%(present)s, this is "
                    "%(wanted)s). Install that version; nothing was changed."
                ),
                {"present": present, "wanted": wanted},
            )
        )
    if present != wanted:
        return Found(
            schema_old=True,
            site_missing=True,
            key_missing=True,
            courses_new=True,
        )
    session = db.session()
    site = session.scalar(select(Site))
    if site is not None:
        require_site(settings.data, site.id)
    key_missing = lacks_key(session, settings)
    new = courses_to_look_at(session, settings.courses, installation.read(session).nation)
    session.rollback()
    return Found(
        schema_old=False,
        site_missing=site is None,
        key_missing=key_missing,
        courses_new=new,
    )


def require_folder(data: Path) -> None:
    """Make the data folder where it is missing; raises StartRefusedError where it is not ours."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe(data)
    except OSError as error:
        raise StartRefusedError(
            Message(
                msg(
                    "The data folder %(folder)s cannot be written: %(reason)s. Give it to this "
                    "account, or name another with LMS_DATA."
                ),
                {"folder": str(data), "reason": error.strerror or type(error).__name__},
            )
        ) from error


def probe(data: Path) -> None:
    """Write an empty file and remove it; raises OSError where that cannot be done.

    Asking for rights alone is not enough: a disk that has failed may still be said to be writable.
    """
    path = data / f".probe-{os.getpid()}"
    path.write_bytes(b"")
    path.unlink()


def require_site(data: Path, site_id: UUID) -> None:
    """Compare the identity in the database with the file beside it.

    raises StartRefusedError when they differ or the file is missing: a copied database would go
    on counting under the identity of the first server, and two servers would give the same
    numbers to different facts.
    """
    path = data / SITE_FILE
    known = path.read_text("ascii").strip() if path.exists() else None
    if known == str(site_id):
        return
    raise StartRefusedError(
        Message(
            msg(
                "This database says it belongs to another server. If this machine replaces that "
                "server, which is switched off for good: lms site replace. If this is a new "
                "station that only shares its courses and people: lms site new."
            )
        )
    )


def courses_to_look_at(session: Session, courses: Path, nation: str | None) -> bool:
    """Return whether any course folder differs from what is published or already offered."""
    published = {
        row.slug: row
        for row in session.execute(
            select(
                Course.slug,
                Edition.core_digest,
                Edition.layer_digest,
                Edition.nation,
                OfferedChange.core_digest.label("offered"),
            )
            .join(Edition, Edition.id == Course.edition_id)
            .outerjoin(OfferedChange, OfferedChange.course_id == Course.id)
        )
    }
    if not courses.is_dir():
        return False
    for path in sorted(courses.glob("*/course.toml")):
        row = published.get(path.parent.name)
        if row is None:
            return True
        try:
            files = folder.load(path.parent)
        except (FolderRefusedError, OSError):
            return True  # preparing says what is wrong with it
        core = core_digest(files)
        same = (core, layer_digest(files, nation), nation) == (
            row.core_digest,
            row.layer_digest,
            row.nation,
        )
        if not same and row.offered != core:
            return True
    return False


def found_site(transaction: Transaction, data: Path, *, now: datetime) -> UUID:
    """Make this server's identity where it has none, in the database and in the file."""
    path = data / SITE_FILE
    with transaction() as session:
        fresh = session.scalar(select(Site)) is None
        site = installation.found_site(session, now=now)
        if fresh and not path.exists():
            write_site(data, site.id)
        return site.id


def write_site(data: Path, site_id: UUID) -> None:
    """Write the file that binds the data folder to the database."""
    write_whole(data / SITE_FILE, f"{site_id}\n".encode("ascii"), mode=0o644)


def short_site(site_id: UUID) -> str:
    """Return enough of a server's identity to tell two apart; it is no secret."""
    return site_id.hex[:8]


def known_site(data: Path) -> str:
    """Return the short identity of the server whose data folder this is, empty for a new one."""
    path = data / SITE_FILE
    return short_site(UUID(path.read_text("ascii").strip())) if path.exists() else ""


def first_run_code(transaction: Transaction, *, now: datetime) -> str | None:
    """Return the code of the first-run link, None when the first run is done.

    The code stays the same until it is used, so that a second start prints the same link.
    """
    with transaction() as session:
        if installation.read(session).ready:
            return None
        code = installation.setting(session, FIRST_RUN)
        if not isinstance(code, str):
            code = one_time_code(16)
            installation.decide(session, {FIRST_RUN: code}, now=now)
        return code


def give_up_reserve(data: Path) -> None:
    """Make room on a full disk before the database is opened, which also needs some."""
    Reserve(data).adjust(shutil.disk_usage(data).free, enough=sys.maxsize)


def was_cut_off(settings: Settings) -> bool:
    """Return whether this server's last run was killed, as by a power cut. Ask before it is opened.

    Whoever closes an SQLite database last takes its log along. Where a worker of its own has it
    open at that moment the log is there, too: then the database is looked through once too often.
    PostgreSQL looks after itself.
    """
    path = sqlite_file(settings.database_url)
    log = path and path.with_name(path.name + "-wal")
    return log is not None and log.exists() and log.stat().st_size > 0


def ask_for_work(session: Session, *, cut_off: bool, now: datetime) -> None:
    """Ask for what each start asks for: today's housekeeping, and what gave up once more.

    cut_off  the run before was killed: the database is looked through, beside the first pages.
    """
    jobs.try_again(session, now=now)
    housekeeping.ask(session, now=now)
    search.ask_if_needed(session, now=now)
    jobs.ask(session, LOOK, f"start {now.isoformat()}", now=now)
    if cut_off:
        jobs.ask(session, CHECK, f"start {now.isoformat()}", now=now)


def is_first_run_code(session: Session, typed: str) -> bool:
    """Return whether ``typed`` opens the first-run page; never once the first run is done."""
    if installation.read(session).ready:
        return False
    code = installation.setting(session, FIRST_RUN)
    return isinstance(code, str) and secrets.compare_digest(code.encode(), typed.encode())


def environment_of(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a child process: ours, with the data folder named."""
    return {**environment, "LMS_DATA": str(settings.data)}
