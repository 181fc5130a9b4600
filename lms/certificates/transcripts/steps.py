"""The worker's side of a training record: look it all up once more, sign each sheet, print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import queries as accounts
from lms.audit import actions as audit
from lms.catalogue.structure import Structure
from lms.certificates import work
from lms.certificates.actions import RING, counts_from, keep_ring
from lms.certificates.rules import title_shown
from lms.certificates.transcripts import labels, paper, queries
from lms.certificates.transcripts.queries import TRANSCRIPT
from lms.certificates.transcripts.rules import Line, State, Transcript, hours_of, state_of
from lms.installation import Installation
from lms.jobs.steps import Done, SlowStep, Steps
from lms.kernel.errors import LmsError, NotFound
from lms.kernel.json_value import Json
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer
from lms.signing import keys, transcripts
from lms.signing.transcripts import SignedLine, SignedSheet
from lms.tables import AnyRow
from lms.web.language import say

GONE = msg(
    "This training record is not made: the name is no longer kept, or you do not look after this "
    "person any more."
)
KEYED = "keyed"  # the cursor after the first step
OFFLINE = "/verify/offline"


@dataclass(frozen=True, slots=True)
class Made:
    """A finished paper, or the sentence that says why there is none."""

    pdf: bytes = b""
    sheets: int = 0
    said: str = ""


def prepare(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    *,
    now: datetime,
) -> Made | None:
    """Make the paper, as whoever asked may see it now; nothing before the key list is kept."""
    if cursor != KEYED:
        return None
    site = installation.read(session)
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    language = facts["language"]
    viewer = accounts.acting(session, UUID(facts["asked_by"]), language, today=today)
    try:
        transcript = build(
            session, viewer, UUID(facts["person"]), tuple(facts["languages"]), site, today=today
        )
        return _print(session, transcript, facts)
    except NotFound:
        return Made(said=say(Message(GONE), language))
    except LmsError as refused:  # too long, or a sign that cannot be printed: worth saying
        return Made(said=say(refused.message, language))


def record(
    session: Session,
    facts: Mapping[str, Any],
    cursor: Json,
    prepared: Made | None,
    *,
    now: datetime,
) -> Json:
    """Keep the key list, then the paper for who asked.

    The file is stored here and not before: where the name was forgotten meanwhile, no step is
    recorded any more, and no paper is left behind.
    """
    office = work.office(current_app.config["LMS"])
    if prepared is None:
        keep_ring(session, installation.read(session), office.signer, now=now)
        return KEYED
    if not prepared.pdf:
        return Done({"said": prepared.said})
    audit.append(
        session,
        UUID(facts["asked_by"]),
        "transcript.made",
        facts["person"],
        {"sheets": prepared.sheets, "kid": office.signer.kid.hex()},
        now=now,
    )
    return Done(
        {
            "file": office.store.put(prepared.pdf),
            "name": "training-record.pdf",
            "type": "application/pdf",
            "bytes": len(prepared.pdf),
        }
    )


STEPS: Steps = {TRANSCRIPT: SlowStep(prepare, record)}


# ---- What it says -------------------------------------------------------------------------------


def build(
    session: Session,
    viewer: Viewer,
    person_id: UUID,
    languages: tuple[str, ...],
    site: Installation,
    *,
    today: date,
) -> Transcript:
    """Return what is printed about a person; raises NotFound as ``queries.names`` does."""
    names = queries.names(session, viewer, person_id, today=today)
    rows = queries.lines(session, viewer, person_id, today=today)
    titles = queries.titles(session, viewer, {row.edition_id for row in rows}, languages)
    zone = ZoneInfo(site.time_zone)
    return Transcript(
        names=names,
        day=today,
        languages=languages,
        issuers={each: site.issuers.get(each) or site.name(each) for each in languages},
        lines=tuple(_line(row, titles, languages, zone) for row in rows),
        country=site.country,
        digits=site.digits,
        brand=site.brand,
        band=site.band,
    )


def _line(
    row: AnyRow, titles: Mapping[tuple[int, str], str], languages: Sequence[str], zone: ZoneInfo
) -> Line:
    state = state_of(passed=row.passed_at is not None, held=row.held_from is not None)
    begun = state is State.BEGUN
    held_from = row.held_from or (row.passed_at and row.passed_at.astimezone(zone).date())
    return Line(
        # The paper goes to strangers: they read of a restricted course what they read elsewhere.
        course="" if row.access == "restricted" else row.course_id,
        titles={
            each: _said(title_shown(titles.get((row.edition_id, each), row.slug), row.access), each)
            for each in languages
        },
        edition=f"{row.edition_number}.{row.revision}",
        state=state,
        completed_on=None if begun else held_from,
        valid_through=None if begun else row.valid_through,
        hours=hours_of(Structure.from_facts(row.facts), row.lessons or ()),
        percent=row.percent if state is State.PASSED else None,
        number=row.number or "",
        code=(row.number and row.code) or "",
    )


def _said(title: str | Message, language: str) -> str:
    return say(title, language) if isinstance(title, Message) else title


def _print(session: Session, transcript: Transcript, facts: Mapping[str, Any]) -> Made:
    office = work.office(current_app.config["LMS"])
    ring = keys.parse_ring(installation.setting(session, RING))
    asked_at = datetime.fromisoformat(facts["asked_at"]).astimezone(UTC)
    sheets = transcript.sheets()
    codes = [
        transcripts.text_of(
            transcripts.sign(
                SignedSheet(
                    issuer=ring.issuer,
                    signed=counts_from(asked_at, ring),
                    names=transcript.names,
                    day=transcript.day,
                    number=number,
                    sheets=len(sheets),
                    lines=tuple(_signed(line) for line in lines),
                    language=transcript.languages[0],
                ),
                office.signer,
            )
        )
        for number, lines in enumerate(sheets, 1)
    ]
    words = labels.in_languages(say, transcript.languages)
    pdf = paper.render(transcript, codes, f"{office.address}{OFFLINE}", words, day=transcript.day)
    return Made(pdf, len(sheets))


def _signed(line: Line) -> SignedLine:
    return SignedLine(
        line.course,
        line.edition,
        str(line.state),
        line.completed_on,
        round(line.hours * 2),
        line.percent,
        line.number,
    )
