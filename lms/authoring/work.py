"""The worker's side of publication: the signature of each edition, and packages that come in.

Pages do not wait for it: a course is taught from the moment of its publication. The signature is
for those who get the package on another way, and want to know whose it is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.importing.rules import kept
from lms.authoring import actions, packages, uploads
from lms.authoring.actions import READ, SIGN
from lms.authoring.drafts import actions as drafts
from lms.authoring.sent import FILE_GONE
from lms.catalogue.models import HIDDEN, Edition
from lms.certificates.actions import RING
from lms.certificates.work import signer
from lms.content.archive import ArchiveRefusedError
from lms.content.digests import contents_digest, core_digest, layer_digest
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.errors import Refused
from lms.kernel.messages import Message
from lms.signing import keys
from lms.web.files import file_store

log = logging.getLogger("lms.authoring")

LONGEST_SHOWN = 80

Facts = Mapping[str, Any]
Cursor = Any
Unsigned = tuple[int, str] | None  # an edition's id, and the digest of its contents


def prepare_sign(session: Session, facts: Facts, cursor: Cursor, *, now: datetime) -> Unsigned:
    """Find the next edition to sign, and the digest of its contents; None where there is none.

    A station signs nothing. Nor does a server before its first run: the name under which it
    signs is made once, and comes from its country.
    """
    del facts, now
    site = installation.read(session)
    if not (site.ready and site.issues):
        return None
    rows = session.execute(
        select(Edition)
        .where(Edition.id > int(cursor or 0), Edition.number > HIDDEN)
        .order_by(Edition.id)
    ).scalars()
    for edition in rows:
        if actions.is_signed(edition.signature):
            continue
        contents = _contents(edition)
        if contents is not None:
            return edition.id, contents
    return None


def _contents(edition: Edition) -> str | None:
    """Return the digest of an edition's folder; None where the store holds another, or nothing."""
    store = file_store()
    try:
        _, files, _ = packages.unpacked(store.get(edition.package))
    except (FileNotFoundError, ArchiveRefusedError) as error:
        log.warning("edition %s has no package that could be signed: %s", edition.id, error)
        return None
    found = core_digest(files), layer_digest(files, edition.nation)
    if found != (edition.core_digest, edition.layer_digest):
        log.warning("edition %s was made from another package than the one stored", edition.id)
        return None
    return contents_digest(files)


def record_sign(
    session: Session, facts: Facts, cursor: Cursor, prepared: Unsigned, *, now: datetime
) -> int | None:
    """Sign the edition that was found: the next step begins behind it."""
    del facts, cursor
    if prepared is None:
        return None
    edition_id, contents = prepared
    key = signer(current_app.config["LMS"])
    actions.sign_edition(session, installation.read(session), key, edition_id, contents, now=now)
    return edition_id


def prepare_read(
    session: Session, facts: Facts, cursor: Cursor, *, now: datetime
) -> dict[str, Any]:
    """Read an uploaded package, verify its signature, and return the findings as JSON values."""
    del cursor
    try:
        data = uploads.store().get(facts["file"])
        ring = installation.setting(session, RING)
        found = packages.opened(
            data, keys.read_ring(ring) if ring else None, now, drops_litter=True
        )
    except FileNotFoundError:
        return {"refused": kept(Message(FILE_GONE))}
    except ArchiveRefusedError as refused:
        return {"refused": kept(refused.message)}
    return findings(found)


def findings(found: packages.OpenedPackage) -> dict[str, Any]:
    """Return what is shown of a package, as JSON values; sentences as ``kept`` stores them."""
    signed, course = found.signed, found.reading.course
    return {
        "refused": None,
        "folder": found.folder[:LONGEST_SHOWN],
        "named": _named(found),
        "signature": found.state,
        "said": kept(found.said),
        "signed": None
        if signed is None
        else {
            "course": signed.course,
            "edition": signed.edition,
            "nation": signed.nation,
            "issuer": signed.issuer,
            "at": signed.signed.isoformat(),
        },
        "course": None
        if course is None
        else {
            "id": course.facts.id,
            "slug": course.facts.slug,
            "access": course.facts.access,
            "languages": list(course.languages),
            "lessons": len(course.facts.codes()),
            "items": len(course.items[course.facts.source]),
            "nations": sorted(course.nations),
        },
        "faults": [
            [fault.file, fault.line, _as_values(fault.message)] for fault in found.reading.faults
        ],
    }


def _named(found: packages.OpenedPackage) -> dict[str, str] | None:
    """Return which course a folder says that it is, also where the reader refuses it."""
    try:
        course = drafts.course_of(found.files)
    except Refused:
        return None
    return {
        "id": course.id,
        "slug": course.slug,
        "source": course.source,
        "title": course.title,
    }


def _as_values(message: Message) -> list[Any]:
    """Return a sentence as JSON values, whatever a fault names."""
    values = {
        name: value if isinstance(value, str | int | Message) else str(value)
        for name, value in message.values.items()
    }
    return kept(Message(message.msgid, values, message.many))


def record_read(
    session: Session, facts: Facts, cursor: Cursor, prepared: dict[str, Any], *, now: datetime
) -> Done:
    """Leave the findings as the result of the job."""
    del session, cursor, now
    return Done({"package": facts["file"], **prepared})


STEPS: Steps = {
    SIGN: SlowStep(prepare_sign, record_sign),
    READ: SlowStep(prepare_read, record_read, large=True),
}
