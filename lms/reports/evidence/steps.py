"""The worker's side of evidence: collect it, sign it, print it with the signed file inside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.certificates import work
from lms.jobs.steps import SlowStep, Steps, keep
from lms.kernel.errors import LmsError
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg
from lms.reports import paper
from lms.reports.evidence import document, queries
from lms.reports.evidence.actions import EVIDENCE
from lms.reports.paper import Attachment, Paper, Proof
from lms.signing import qr, signed_json
from lms.signing.keys import Signer
from lms.web.files import require_room
from lms.web.language import say

TITLE = msg("Evidence of a certificate")
ALT = msg("Code that proves the certificate")
CODE = 38  # millimetres
FILE = "evidence.json"
PROVES = Message(msg("This code is that of the certificate: it proves it without network."))
SIGNED = Message(
    msg(
        "The facts of this paper lie signed in the file “%(file)s” inside this PDF. At the foot "
        "stand the first half of its SHA-256 and the signing key."
    ),
    {"file": FILE},
)


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> dict[str, object]:
    """Make the paper, as whoever asked may see it now."""
    del cursor
    site = installation.read(session)
    zone, language = ZoneInfo(site.time_zone), facts["language"]
    today = now.astimezone(zone).date()
    viewer = accounts.acting(session, UUID(facts["asked_by"]), language, today=today)
    office = work.office(current_app.config["LMS"])
    try:
        require_room()
        row = queries.certificate(session, viewer, UUID(facts["certificate"]), today=today)
        found = document.collect(session, viewer, row, now=now)
        titles = queries.titles(session, viewer, row.id, language)
        code = queries.signed_code(session, viewer, row.id)
        made = paper.render(_paper(found, titles, language, zone, code, office.signer), site)
    except LmsError as refused:
        return {"said": str(say(refused.message, language))}
    return {
        "file": office.store.put(made),
        "name": f"evidence-{row.number}.pdf",
        "type": "application/pdf",
        "bytes": len(made),
    }


def _paper(
    found: Mapping[str, Any],
    titles: Mapping[str, str],
    language: str,
    zone: ZoneInfo,
    code: bytes | None,
    signer: Signer,
) -> Paper:
    """Return what is printed; ``code``: of the certificate, while its holder is kept."""
    sealed = signed_json.seal(found, {signer.kid: signer.sign})
    digest = sha256(sealed.encode()).hexdigest()
    said = document.printed(found, titles, language, zone)
    return Paper(
        Message(TITLE),
        [language],
        said.about,
        said.tables,
        document.day_of(found, zone),
        foot=f"{found['certificate']['number']} · SHA-256 {digest[:32]} · {signer.kid.hex()}",
        proof=Proof(
            "" if code is None else qr.svg(qr.text_of(code)).decode(),
            CODE,
            str(say(Message(ALT), language)),
            [*([] if code is None else [PROVES]), SIGNED],
        ),
        attachment=Attachment(FILE, sealed),
    )


STEPS: Steps = {EVIDENCE: SlowStep(prepare, keep)}
