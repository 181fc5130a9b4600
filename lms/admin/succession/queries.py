"""What the succession card tells from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Grant, Identity, Unit
from lms.accounts.rules import administers_country
from lms.admin.backup_plan import BACKUPS, LAST_BACKUP
from lms.admin.night import LAST_DRILL
from lms.installation import Setting
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

MOST = 16  # names; a card is one sheet of paper


def require_office(viewer: Viewer) -> None:
    """Raise NotFound unless somebody administers the country."""
    if not administers_country(viewer):
        raise NotFound


def administrators(session: Session, viewer: Viewer, *, today: date) -> Sequence[AnyRow]:
    """Return who administers what today: name, names and code of the place, until.

    The country's own come first. One more than ``MOST`` tells that there are more.
    raises NotFound for whoever does not administer the country.
    """
    require_office(viewer)
    return session.execute(
        select(Identity.name, Unit.names, Unit.code, Unit.path, Grant.ends_on.label("until"))
        .join(Identity, Identity.person_id == Grant.person_id)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(
            Grant.role == "administrator",
            Grant.starts_on <= today,
            or_(Grant.ends_on.is_(None), Grant.ends_on >= today),
        )
        .order_by(Unit.path, Identity.name)
        .limit(MOST + 1)
    ).all()


def decided(session: Session, viewer: Viewer) -> Mapping[str, Any]:
    """Return what is decided and known about backups, by the names of the settings."""
    require_office(viewer)
    wanted = (BACKUPS, LAST_BACKUP, LAST_DRILL)
    rows = session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(wanted)))
    return {row.name: row.value for row in rows}
