"""Which second factor the viewer has."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.accounts.models import SecondFactor
from lms.kernel.viewer import Viewer


def factor_of(session: Session, viewer: Viewer) -> SecondFactor | None:
    """Return the viewer's second factor as far as it can be used, None where none is set up."""
    found = session.get(SecondFactor, viewer.person_id)
    if found is None or (found.confirmed_at is None and not found.code_hashes):
        return None
    return found
