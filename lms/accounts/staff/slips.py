"""First codes for many people at once: an action of the slips page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts import rules, scope
from lms.accounts.models import Credential, Person
from lms.audit import actions as audit
from lms.kernel.viewer import Viewer


def give_codes(
    session: Session, viewer: Viewer, hashes: Mapping[UUID, str], *, now: datetime
) -> int:
    """Let one-time codes (90 days) open the first sign-in of people; return how many got one.

    hashes  person -> hash of the code. Left out are people of somewhere else and whoever has
            chosen a password meanwhile: nobody's password is taken away here.
    """
    today = installation.day_of(session, now)
    people = session.scalars(
        select(Person.id)
        .where(
            Person.id.in_(hashes),
            Person.status == "active",
            scope.works_below(viewer, "administrator", today),
        )
        .with_for_update(of=Person)
    ).all()
    given = 0
    for person_id in people:
        credential = session.get(Credential, person_id, with_for_update=True)
        if credential is None:
            credential = Credential(person_id=person_id, password_hash=None, spare_code_hash=None)
            session.add(credential)
        if credential.password_hash is not None:
            continue
        credential.code_hash = hashes[person_id]
        credential.code_until = now + rules.FIRST_CODE_LIVES
        credential.changed_at = now
        given += 1
    session.flush()
    if given:
        audit.append(
            session,
            rules.actor_id(viewer),
            "slips.printed",
            str(viewer.person_id),
            {"people": given},
            now=now,
        )
    return given
