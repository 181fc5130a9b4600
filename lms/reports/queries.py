"""What every report asks: the places that the viewer reads figures of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts import scope
from lms.accounts.models import Unit
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow

# Who reads figures, without names.
READS_FIGURES = ("administrator", "observer")
MOST_PLACES = 2000


def tops(viewer: Viewer) -> tuple[str, ...]:
    """Return the paths of the units of which (and below which) the viewer reads figures."""
    return tuple(path for role in READS_FIGURES for path in viewer.unit_paths(role))


def in_scope(viewer: Viewer) -> Any:  # noqa: ANN401 -- a column
    """Return whether ``Unit`` is one of which the viewer reads figures."""
    return scope.below(Unit.path, tops(viewer))


def places(session: Session, viewer: Viewer) -> list[AnyRow]:
    """Return the viewer's units, closed ones among them: people have learned there."""
    return list(
        session.execute(
            select(Unit.path, Unit.code, Unit.names, Unit.kind, Unit.closed_on)
            .where(in_scope(viewer))
            .order_by(Unit.path)
            .limit(MOST_PLACES)
        )
    )
