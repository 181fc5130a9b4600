"""The edition that a draft goes on from."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.drafts.models import Draft
from lms.catalogue.models import Edition
from lms.kernel.viewer import Viewer
from lms.tables import AnyRow


def base_of(session: Session, viewer: Viewer, found: Draft) -> AnyRow | None:
    """Return number, revision and package of the edition of a draft; None where there is none."""
    del viewer  # ``found`` came through a query that carries the viewer
    return session.execute(
        select(Edition.number, Edition.revision, Edition.package).where(
            Edition.id == found.edition_id
        )
    ).one_or_none()
