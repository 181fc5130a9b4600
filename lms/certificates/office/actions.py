"""What administrators ask for and decide: many certificates at once, a name on one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Identity, Person
from lms.accounts.rules import administers_country
from lms.accounts.staff import actions as staff
from lms.accounts.staff.actions import Details
from lms.audit import actions as audit
from lms.certificates import actions as certificates
from lms.certificates.glyphs import require_glyphs
from lms.certificates.models import Certificate, CertificateHolder
from lms.certificates.office import queries, rules
from lms.certificates.office.layouts import PREVIEW
from lms.certificates.office.queries import BULK, Wanted
from lms.certificates.transcripts.queries import TRANSCRIPT
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.names import PersonName
from lms.kernel.viewer import Viewer

FORGET = "certificates.forget"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks to be put together.

    form      one of ``rules.FORMS``.
    about     label (msgid) -> value, said above the register.
    language  of the register.
    back      the page that asked.
    key       random, of the form that asked: sent twice, it is one order.
    """

    wanted: Wanted
    form: str
    about: Mapping[str, str]
    language: str
    back: str
    key: str


def ask_bulk(session: Session, viewer: Viewer, order: Order, *, today: date, now: datetime) -> Job:
    """Ask the worker to put certificates together; asking again with the same key is the same job.

    Many names from several places wait for a second administrator, at most a day. What the same
    person has asked for in the last 24 hours is counted with them.
    raises  NotFound for a place that the viewer does not administer; Refused where there is
            nothing to put together, or too much of it.
    """
    # Two orders of one person wait for each other, so that each counts the other.
    session.execute(select(Person.id).where(Person.id == viewer.person_id).with_for_update())
    places, earlier = queries.place_and_day(
        session, viewer, order.wanted.unit, now=now, but_key=order.key
    )
    listed, papers = queries.counts(session, viewer, order.wanted, today=today)
    if not (listed if order.form == rules.REGISTER else papers):
        raise Refused(Message(msg("There is nothing to print. Choose other certificates.")))
    if listed > rules.MOST:
        raise Refused(
            Message(
                msg("These are more than %(count)s certificates. Choose a place or a period."),
                {"count": rules.MOST},
            )
        )
    names = rules.names_of(listed, places)
    second = rules.needs_second_person(names, earlier)
    job = jobs.ask(
        session,
        BULK,
        f"{viewer.person_id} {order.key}",
        {
            "wanted": order.wanted.to_facts(),
            "form": order.form,
            "about": dict(order.about),
            "language": order.language,
            "back": order.back,
            "asked_by": str(viewer.person_id),
            "tops": places,
            "second": second,
            "names": names.count,
            "facility": names.facility,
        },
        now=now,
        due_at=now + rules.WAIT if second else now,
        asked_by=viewer.person_id,
    )
    if job.total_units is None:
        steps = 0 if order.form == rules.REGISTER else -(-listed // rules.AT_ONCE)
        job.total_units = steps + 2
        audit.append(
            session,
            viewer.person_id,
            "certificates.export asked",
            str(job.id),
            {
                **_filters(order.wanted),
                "form": order.form,
                "certificates": listed,
                "papers": papers,
                "second person": second,
            },
            now=now,
        )
    return job


def approve(session: Session, viewer: Viewer, job_id: int, *, now: datetime) -> None:
    """Let a job begin that waits for a second person; again changes nothing.

    raises  NotFound for who asked for it, for whoever does not administer all of its places, and
            for other work.
    """
    job = session.scalar(select(Job).where(Job.id == job_id, Job.kind == BULK).with_for_update())
    if job is None or not job.facts.get("second"):
        raise NotFound
    if not rules.may_approve(viewer, job.facts["asked_by"], job.facts["tops"]):
        raise NotFound
    if job.state in {"waiting", "stopped"} and job.due_at > now:
        job.due_at = now
        audit.append(
            session,
            viewer.person_id,
            "certificates.export approved",
            str(job.id),
            {"asked by": job.facts["asked_by"]},
            now=now,
        )


def note_export(
    session: Session, facts: Mapping[str, Any], result: Mapping[str, Any], *, now: datetime
) -> None:
    """Log that a file with names was made: for whom, of what, how many; never a name."""
    asked_by = facts["asked_by"]
    audit.append(
        session,
        UUID(asked_by) if asked_by else None,
        "certificates.exported",
        str(result["file"]),
        {
            **_filters(Wanted.from_facts(facts["wanted"])),
            "form": facts["form"],
            "certificates": result["certificates"],
            "papers": result["papers"],
            "list": result["list"],
        },
        now=now,
    )


def _filters(wanted: Wanted) -> dict[str, Any]:
    """Return what may stand in the log: a typed text or list may hold names, so its digest."""
    facts = wanted.to_facts()
    for name in ("text", "numbers"):
        said = facts[name]
        facts[name] = sha256(repr(said).encode()).hexdigest() if said else None
    return {name: value for name, value in facts.items() if value}


def ask_to_forget(session: Session, also: Sequence[str] = (), *, now: datetime) -> None:
    """Ask the worker to delete old files; once a day.

    also  kinds of jobs of other features whose files are kept as long.
    """
    jobs.ask(session, FORGET, f"day {now.date().isoformat()}", {"also": list(also)}, now=now)


def ask_to_drop(
    session: Session, person_id: UUID, digests: Iterable[str], *, now: datetime
) -> None:
    """Ask the worker to delete the papers of somebody whose name is no longer kept."""
    files = sorted(digests)
    if files:
        jobs.ask(session, FORGET, f"person {person_id}", {"files": files}, now=now)


def forget_files(
    session: Session, dropped: Iterable[str] = (), also: Iterable[str] = (), *, now: datetime
) -> list[str]:
    """Let jobs that ended long ago name their files no more; return the digests to delete.

    dropped  papers of somebody whose name is no longer kept. also  see ``ask_to_forget``.
    """
    kinds = Job.kind.in_((BULK, PREVIEW, TRANSCRIPT, *also))
    old = set(dropped)
    for job in session.scalars(select(Job).where(kinds, Job.ended_at < now - rules.KEPT)):
        old |= _files(job)
        job.result = None
        if job.state != "done":  # what was stopped so long ago begins anew, with a list of that day
            job.cursor = None
    session.flush()
    kept = set(session.scalars(select(CertificateHolder.pdf).where(CertificateHolder.pdf.in_(old))))
    for job in session.scalars(select(Job).where(kinds)):
        kept |= _files(job)
    return sorted(old - kept)


def _files(job: Job) -> set[str]:
    named = [each for each in (job.result, job.cursor) if isinstance(each, Mapping)]
    return {each[key] for each in named for key in ("file", "list") if each.get(key)}


# ---- One certificate ----------------------------------------------------------------------------


def correct(
    session: Session,
    viewer: Viewer,
    certificate_id: UUID,
    names: Sequence[PersonName],
    reason: str,
    site: Installation,
    *,
    clock_is_right: bool,
    now: datetime,
) -> Certificate:
    """Replace a certificate, with another name where it is not that of the register.

    names   the name, and the same in Latin letters where there is one.
    raises  NotFound for anybody but the country's office; Refused as ``replace_certificate``.
    """
    if not administers_country(viewer):
        raise NotFound
    old = session.get(Certificate, certificate_id)
    if old is None:
        raise NotFound
    identity = session.get(Identity, old.person_id)
    if identity is not None:
        name, latin = names[0], names[1] if len(names) > 1 else None
        if (name.text, latin.text if latin else None) != (identity.name, identity.name_latin):
            person = session.get_one(Person, old.person_id)
            require_glyphs([each.text for each in names])
            staff.change_details(
                session,
                viewer,
                old.person_id,
                Details(name, latin, identity.language, person.rank_group, person.sex),
                now=now,
            )
    return certificates.replace_certificate(
        session, viewer, certificate_id, reason, site, clock_is_right=clock_is_right, now=now
    )
