"""The worker's side of certificates: where the keys lie, and the steps of its jobs.

The web process imports this module but calls nothing in it: it never reads a key.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.certificates import actions, pdf
from lms.certificates.actions import ISSUE, PUBLISH, RING, Draft, Office
from lms.files import FileStore
from lms.jobs.steps import SlowStep, Steps
from lms.kernel.json_value import Json
from lms.kernel.messages import Message
from lms.settings import Settings
from lms.signing import keys
from lms.signing.keys import Signer
from lms.web.language import say


def lacks_key(session: Session, settings: Settings) -> bool:
    """Return whether a signing key is to be made: this server issues and never signed anything.

    A key that was lost is not replaced by another one unasked: nobody would believe it. A folder
    into which this account may not look belongs to the worker, who has the key.
    """
    if not installation.read(session).issues or installation.setting(session, RING) is not None:
        return False
    try:
        return not settings.issuing_key.exists()
    except PermissionError:
        return False


def ensure_keys(settings: Settings) -> bool:
    """Make the signing key and the key of name digests where they are missing.

    Returns whether a signing key was made: the first start of an issuing server. The folder and
    both files can be read by their owner alone, who is the worker's user. An account that may
    not look into the folder is another one, and makes nothing.
    """
    try:
        if settings.issuing_key.exists():
            _name_key(settings)
            return False
    except PermissionError:
        return False
    _name_key(settings)
    _folder(settings.issuing_key.parent)
    keys.create_private_key(settings.issuing_key)
    return True


def office(settings: Settings) -> Office:
    """Return what issuing needs on this server.

    raises   FileNotFoundError where the signing key is not in its place.
    """
    return Office(
        signer=signer(settings),
        name_key=_name_key(settings),
        store=FileStore(settings.data / "files"),
        address=settings.public_address,
        speak=_speak,
        render=pdf.render,
    )


def signer(settings: Settings) -> Signer:
    """Return the key of this server; raises FileNotFoundError where it is not in its place."""
    if not settings.issuing_key.exists():
        raise FileNotFoundError(f"There is no signing key at {settings.issuing_key}.")
    return keys.load_private_key(settings.issuing_key)


def prepare_issue(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Draft | str | None:
    """Make the PDF of a certificate that has its number; try out one that has none yet.

    returns  the draft, or the digest of the PDF; None where nothing can be issued or printed.
    """
    del cursor  # the certificate itself says how far it is
    bureau = office(current_app.config["LMS"])
    certificate_id = UUID(facts["certificate"])
    paper = actions.print_paper(session, certificate_id, bureau)
    if paper is not None:
        return paper
    drafted = actions.draft(
        session,
        certificate_id,
        installation.read(session),
        bureau,
        language=facts["language"],
        second=facts["second"],
        now=now,
    )
    if drafted is not None:
        actions.try_out(session, drafted, bureau)
    return drafted


def record_issue(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Draft | str | None,
    *,
    now: datetime,
) -> str | None:
    """Draw the number and freeze what was tried out, or note where the PDF lies."""
    del cursor
    certificate_id, site = UUID(facts["certificate"]), installation.read(session)
    if isinstance(prepared, Draft):
        bureau = office(current_app.config["LMS"])
        actions.freeze(session, certificate_id, prepared, site, bureau, now=now)
        return "print"
    actions.finish(session, certificate_id, prepared, site, now=now)
    return None


def publish(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> None:
    """Publish the withdrawal list: the step of a job ``certificate.withdrawals``.

    A station publishes none: it gets that of the national server.
    """
    del facts, cursor
    site = installation.read(session)
    if site.issues:
        bureau = office(current_app.config["LMS"])
        actions.publish_withdrawals(session, site, bureau, now=now)


STEPS: Steps = {
    ISSUE: SlowStep(prepare_issue, record_issue),
    PUBLISH: publish,
}


def _speak(message: Message, language: str) -> str:
    return say(message, language)


def _name_key(settings: Settings) -> bytes:
    """Return the key of name digests: a file beside the signing key, made when missing."""
    path = settings.issuing_key.with_name("names.key")
    if not path.exists():
        _folder(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
    return path.read_bytes()


def _folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
