"""Looking up people, their sessions, their grants and the forms that are held for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.accounts.models import Credential, HeldForm, Identity, Person
from lms.accounts.rules import HELD_FOR
from lms.kernel.viewer import Viewer

_ACCOUNT = (
    select(
        Person.id, Person.status, Credential.password_hash, Credential.code_hash,
        Credential.code_until, Credential.spare_code_hash,
    )
    .join(Identity, Identity.person_id == Person.id)
    .outerjoin(Credential, Credential.person_id == Person.id)
)  # fmt: skip


def account_by_number(session: Session, folded_number: str) -> Any:  # noqa: ANN401 -- a Row or None
    """Return the person behind a folded service number with what proves who they are.

    Nobody is signed in yet, so there is no viewer; the row never reaches a page.
    """
    statement = _ACCOUNT.where(Identity.service_number_folded == folded_number)
    return session.execute(statement).one_or_none()


def account_of(session: Session, person_id: UUID) -> Any:  # noqa: ANN401 -- a Row or None
    """Return the same for the person of a session that this browser holds."""
    return session.execute(_ACCOUNT.where(Person.id == person_id)).one_or_none()


def identity(session: Session, person_id: UUID) -> Row[str, str | None, str]:
    """Return names and service number of the person of a session that this browser holds."""
    return session.execute(
        select(Identity.name, Identity.name_latin, Identity.service_number).where(
            Identity.person_id == person_id
        )
    ).one()


def held_form(
    session: Session, viewer: Viewer, path: str | None = None, *, now: datetime
) -> HeldForm | None:
    """Return the newest form that is held for this person, at ``path`` where one is given."""
    statement = select(HeldForm).where(
        HeldForm.person_id == viewer.person_id, HeldForm.made_at > now - HELD_FOR
    )
    if path is not None:
        statement = statement.where(HeldForm.path == path)
    return session.scalars(statement.order_by(HeldForm.made_at.desc()).limit(1)).one_or_none()
