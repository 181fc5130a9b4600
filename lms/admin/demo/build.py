"""Building the demonstration: 200 people with a history of two years, told by the real actions.

Everything is written in one transaction: a build that was interrupted leaves no half country
behind, and the next one begins anew.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import actions as accounts
from lms.accounts import passwords
from lms.accounts.actions import NewPerson, NewRole, NewUnit
from lms.accounts.models import Credential, Posting, Unit
from lms.accounts.rules import SERVER, initials
from lms.admin.actions import FirstRun, first_run
from lms.admin.demo import document, service, writing
from lms.admin.demo.accounts_file import ACCOUNTS, Account, doors_of, write_accounts
from lms.admin.demo.joining import Joining, easy_password, everybody
from lms.admin.demo.people import invented
from lms.admin.demo.service import LEARNER, Place
from lms.admin.demo.states import State
from lms.admin.demo.stories import story_of
from lms.admin.demo.telling import Learner, Story, World, tell
from lms.admin.night import TIDY
from lms.audit import actions as audit
from lms.catalogue.models import Course, Edition, EditionLesson
from lms.catalogue.programmes import actions as programmes
from lms.catalogue.programmes.actions import Details, Partners
from lms.catalogue.structure import Structure
from lms.certificates import actions as certificates
from lms.jobs import running
from lms.jobs.models import Job
from lms.jobs.steps import Steps
from lms.kernel.ids import new_ordered_id
from lms.kernel.names import LATIN, PersonName
from lms.kernel.viewer import Viewer
from lms.requirements import actions as requirements
from lms.requirements.actions import NewRequirement

BEGAN = timedelta(days=790)  # so long ago the service was set up


def build(
    session: Session,
    data: Path,
    steps: Steps,
    *,
    now: datetime,
    staff: int = service.STAFF,
) -> list[Account]:
    """Set the service up and tell its history until ``now``; write accounts.csv into ``data``.

    session  of an open transaction; the courses were published before the service began.
    steps    what the worker can do.
    returns  the people with their passwords, the first administrator first.
    """
    began = now - BEGAN
    dice = random.Random(service.SEED)  # noqa: S311 -- repeatable on purpose; passwords are not
    joining = list(everybody(invented(service.SEED), staff))
    words = [easy_password() for _ in joining]
    with ThreadPoolExecutor(2) as pool:
        hashes = list(pool.map(passwords.hashed, words))
    first, *others = zip(joining, words, hashes, strict=True)
    people = [_set_up(session, *first, now=began)]
    _work(session, steps, began + timedelta(minutes=1))
    _add_places(session, now=began + timedelta(hours=1))
    _require(session, now=began + timedelta(hours=1))
    _add_programmes(session, began=began + timedelta(minutes=90), now=now)
    world = _world(session, steps, now=now)
    stories: list[Story] = []
    for n, (one, word, hashed) in enumerate(others):
        joined = began + timedelta(hours=2, minutes=n)
        account = _join(session, one, word, hashed, joined=joined, now=now)
        people.append(account)
        stories.append(_story(world, one, account, random.Random(dice.random())))  # noqa: S311
        if one.state is State.TRANSFERRED and one.place is not None:
            moves = now - timedelta(days=dice.randint(3, 15), hours=dice.randint(1, 8))
            stories.append(_transfer(session, one, account, moves))
            people[-1] = replace(account, facility=_elsewhere(one.place).names["en"])
    session.flush()
    writing.give_roles(
        session,
        ((each.role, each.service_number) for each in people),
        now=began + timedelta(days=1),
    )
    document.put_document(session, data, now=began + timedelta(days=1))
    author = UUID(doors_of(people)["trainer"])
    stories.append(writing.draft_story(session, data, author, now=now))
    tell(stories)
    installation.decide(session, {service.DOORS: doors_of(people)}, now=now)
    write_accounts(data / ACCOUNTS, people)
    return people


def _require(session: Session, *, now: datetime) -> None:
    """Let everybody have to hold the course, managers and trainers anew each year."""
    course = session.scalars(select(Course.id).where(Course.slug == service.COURSE)).one()
    requirements.require(
        session,
        SERVER,
        NewRequirement(course, service.COUNTRY, grace_days=365, place=1, enrols=False),
        now=now,
    )
    for function in ("P6", "P7"):
        requirements.require(
            session,
            SERVER,
            NewRequirement(
                course,
                service.COUNTRY,
                function=function,
                kind="refresher",
                interval_months=12,
                grace_days=180,
                enrols=False,
            ),
            now=now,
        )


def _set_up(session: Session, one: Joining, word: str, hashed: str, *, now: datetime) -> Account:
    """Answer the five questions of the first run, and say who signs certificates."""
    person_id = first_run(
        session,
        FirstRun(
            country="xx",
            names=service.NAMES,
            administrator=PersonName.of(one.person.name_latin),
            service_number=one.number,
            password_hash=hashed,
            language="en",
            backups=None,
        ),
        now=now,
    )
    # The years that are told have no nights: what is served looks after itself from its start on.
    session.execute(delete(Job).where(Job.kind == TIDY))
    installation.decide(session, {"signatories": service.SIGNATORIES}, now=now)
    # The first list names the signing key, so that it stood before the first certificate.
    certificates.ask_for_list(session, f"day {now.date().isoformat()}", now=now)
    return Account(
        person_id,
        one.number,
        word,
        service.COUNTRY_ADMINISTRATOR.title,
        service.NAMES["en"],
        one.state,
    )


def _add_places(session: Session, *, now: datetime) -> None:
    for place in (*service.REGIONS, *service.FACILITIES):
        new = NewUnit(place.kind, place.code, place.names, place.below)
        accounts.add_unit(session, SERVER, new, now=now)


def _add_programmes(session: Session, *, began: datetime, now: datetime) -> None:
    """Add the programmes to which the course belongs; who begins it in their time is theirs."""
    course = select(Course.id).where(Course.slug == service.COURSE)
    for each in service.PROGRAMMES:
        ends = None if each.ends is None else now.date() - timedelta(days=each.ends)
        new = Details(each.titles, now.date() - timedelta(days=each.begins), ends)
        programmes.add(session, SERVER, each.code, "programme", new, now=began)
        carried = Partners(service.NAMES, each.partners, each.funders, each.printed)
        programmes.change(session, SERVER, each.code, carried, now=began)
        chosen = session.scalars(course).all()
        programmes.choose_courses(session, SERVER, each.code, chosen, now=began)


def _world(session: Session, steps: Steps, *, now: datetime) -> World:
    course, edition = session.execute(
        select(Course, Edition)
        .join(Edition, Edition.id == Course.edition_id)
        .where(Course.slug == service.COURSE)
    ).one()
    lessons = session.execute(
        select(EditionLesson.code, EditionLesson.parts).where(
            EditionLesson.edition_id == edition.id, EditionLesson.language == "en"
        )
    )
    return World(
        session=session,
        site=installation.read(session),
        course_id=course.id,
        slug=course.slug,
        structure=Structure.from_facts(edition.facts),
        sections={code: [each[0] for each in parts["sections"]] for code, parts in lessons},
        work=lambda moment: _work(session, steps, moment),
        now=now,
    )


def _work(session: Session, steps: Steps, moment: datetime) -> None:
    """Do what is due at ``moment`` as the worker does, inside the one transaction."""
    owner = "demonstration"
    while (job := running.take(session, owner, now=moment)) is not None:
        more = True
        while more:
            prepared = running.prepare(session, job.id, steps, now=moment)
            more = running.step(session, job.id, owner, steps, prepared, now=moment)


def _join(
    session: Session, one: Joining, word: str, hashed: str, *, joined: datetime, now: datetime
) -> Account:
    """Add one person with a password and, where they have an office, the role."""
    person, place = one.person, one.place
    code = place.code if place else service.COUNTRY
    person_id = accounts.add_person(
        session,
        SERVER,
        NewPerson(
            one.number,
            PersonName.of(person.name),
            code,
            name_latin=PersonName.of(person.name_latin, {LATIN}),
            language=person.language,
            function=person.function,
            rank_group=person.rank_group,
            sex=person.sex,
        ),
        "",
        now=joined,
    )
    # They chose a password long ago: no one-time code is waiting.
    session.execute(
        update(Credential)
        .where(Credential.person_id == person_id)
        .values(password_hash=hashed, code_hash=None, code_until=None)
    )
    if one.office is not None and one.office.role is not None:
        days = one.office.days
        ends = None if days is None else (now + timedelta(days=days)).date()
        new = NewRole(one.office.role, joined.date(), ends, unit_code=code)
        accounts.give_role(session, SERVER, one.number, new, now=joined)
    return Account(
        person_id,
        one.number,
        word,
        one.office.title if one.office else LEARNER,
        (place.names if place else service.NAMES)["en"],
        one.state,
    )


def _story(world: World, one: Joining, account: Account, dice: random.Random) -> Story:
    viewer = Viewer(account.person_id, one.person.language, initials(one.person.name_latin))
    return story_of(
        world, Learner(one.person, viewer, one.state, dice, scripts=dice.randrange(2) == 0)
    )


def _elsewhere(place: Place) -> Place:
    """Return the facility to which people of ``place`` are moved."""
    after = service.FACILITIES.index(place) + 1
    return service.FACILITIES[after % len(service.FACILITIES)]


def _transfer(session: Session, one: Joining, account: Account, at: datetime) -> Story:
    """Move somebody to another facility: the posting ends and another begins the day after."""
    yield at
    if one.place is None:
        return
    unit_id = session.scalars(select(Unit.id).where(Unit.code == _elsewhere(one.place).code)).one()
    session.execute(
        update(Posting)
        .where(Posting.person_id == account.person_id, Posting.ends_on.is_(None))
        .values(ends_on=at.date() - timedelta(days=1))
    )
    session.add(
        Posting(
            id=new_ordered_id(),
            person_id=account.person_id,
            unit_id=unit_id,
            function=one.person.function,
            starts_on=at.date(),
            ends_on=None,
        )
    )
    facts = {"unit": str(unit_id)}
    audit.append(session, None, "person.transferred", str(account.person_id), facts, now=at)
