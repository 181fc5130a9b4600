"""Frozen quarters: for whoever reads figures of the whole country."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import Identity
from lms.catalogue.models import Programme
from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.reports.frozen.models import FrozenQuarter
from lms.reports.queries import reads_country
from lms.tables import AnyRow

MOST = 500
_later = aliased(FrozenQuarter)
_before = aliased(FrozenQuarter)


def frozen(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return the frozen quarters, the newest first; ``later_id`` of the one that corrects it.

    raises NotFound for who does not read figures of the whole country.
    """
    _require(viewer)
    return list(
        session.execute(
            select(
                FrozenQuarter.id,
                FrozenQuarter.programme,
                FrozenQuarter.quarter,
                FrozenQuarter.number,
                FrozenQuarter.frozen_at,
                Programme.titles,
                _later.id.label("later_id"),
            )
            .outerjoin(Programme, Programme.code == FrozenQuarter.programme)
            .outerjoin(_later, _later.corrects_id == FrozenQuarter.id)
            .order_by(FrozenQuarter.frozen_at.desc(), FrozenQuarter.id.desc())
            .limit(MOST)
        )
    )


def one(session: Session, viewer: Viewer, frozen_id: UUID) -> AnyRow:
    """Return a frozen quarter, with the one before it and the one that corrects it.

    ``name`` is that of who froze it, NULL for observers and where it is no longer kept.
    raises NotFound for who does not read figures of the whole country.
    """
    _require(viewer)
    row = session.execute(
        select(
            FrozenQuarter.id,
            FrozenQuarter.programme,
            FrozenQuarter.quarter,
            FrozenQuarter.number,
            FrozenQuarter.reason,
            FrozenQuarter.file,
            FrozenQuarter.pdf,
            FrozenQuarter.kid,
            FrozenQuarter.frozen_at,
            Identity.name,
            FrozenQuarter.corrects_id,
            _before.file.label("before_file"),
            _later.id.label("later_id"),
            _later.file.label("later_file"),
            _later.reason.label("later_reason"),
        )
        .outerjoin(_before, _before.id == FrozenQuarter.corrects_id)
        .outerjoin(_later, _later.corrects_id == FrozenQuarter.id)
        .outerjoin(
            Identity,
            and_(Identity.person_id == FrozenQuarter.frozen_by, _may_read_names(viewer)),
        )
        .where(FrozenQuarter.id == frozen_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def newest(session: Session, viewer: Viewer, programme: str, quarter: str) -> FrozenQuarter | None:
    """Return the newest frozen sheet of a programme and quarter, None where there is none."""
    _require(viewer)
    return session.scalar(
        select(FrozenQuarter)
        .where(FrozenQuarter.programme == programme, FrozenQuarter.quarter == quarter)
        .order_by(FrozenQuarter.number.desc())
        .limit(1)
    )


def _require(viewer: Viewer) -> None:
    if not reads_country(viewer):
        raise NotFound


def _may_read_names(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.holds("administrator") else false()
