"""Choosing how certificates look: in common, or those of one programme.

A layout is tried before it counts: the worker draws it with the longest texts of this server, in
every language (``trial``). The web process never sets a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.accounts.rules import actor_id, require_office
from lms.audit import actions as audit
from lms.catalogue.models import Programme
from lms.catalogue.programmes import queries as programmes
from lms.certificates import layouts
from lms.certificates.glyphs import require_glyphs
from lms.certificates.layouts import LOGOS, Layout
from lms.certificates.models import CertificateLayout
from lms.certificates.snapshot import MOST_LOGOS
from lms.installation import Installation
from lms.jobs import actions as jobs
from lms.jobs.models import Job
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.kernel.viewer import Viewer

PREVIEW, TRIAL = "certificates.preview", "certificates.layout"


@dataclass(frozen=True, slots=True)
class Look:
    """How certificates look: in common, and those of one programme.

    titles  the programme's; empty where nobody asked for one.
    site    what this installation has decided, read for this look.
    own     its own layout, None where it has the common one; without a programme, that one.
    """

    titles: Mapping[str, str]
    own: Layout | None
    common: Layout
    site: Installation

    @property
    def present(self) -> Layout:
        """The layout that counts now."""
        return self.common if self.own is None else self.own


def look(session: Session, viewer: Viewer, programme: str) -> Look:
    """Return the look of a programme, by its code; the common one for an empty code.

    raises  NotFound for anybody but the country's office, and for a programme that is not there.
    """
    require_office(viewer)
    site = installation.read(session)
    common = layouts.common(session, site)
    if not programme:
        return Look({}, common, common, site)
    row = session.execute(
        select(Programme.titles, CertificateLayout)
        .outerjoin(CertificateLayout, CertificateLayout.programme_id == Programme.id)
        .where(Programme.code == programme)
    ).one_or_none()
    if row is None:
        raise NotFound
    titles, own = row
    return Look(titles, None if own is None else Layout.of(own), common, site)


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody typed about a look.

    programme  its code, empty for the common look.
    layout     what the form says. Its logos are those of the present layout: no form sends them.
    language   of the reader.
    back       the page that asked.
    typed      every text by its field, to be shown again where it does not fit.
    """

    programme: str
    layout: Layout
    language: str
    back: str
    typed: Mapping[str, str]


def ask_trial(session: Session, viewer: Viewer, order: Order, *, now: datetime) -> Job:
    """Ask the worker to try a layout, and to let it count where everything fits.

    raises  NotFound as ``look``; MissingGlyph with the sign in the way.
    """
    more = {"programme": order.programme, "typed": dict(order.typed)}
    return _ask_typed(session, viewer, TRIAL, order, more, now=now)


def ask_preview(session: Session, viewer: Viewer, order: Order, *, now: datetime) -> Job:
    """Ask for a certificate of nobody as this layout would print it; saves nothing of it.

    raises  as ``ask_trial``.
    """
    return _ask_typed(session, viewer, PREVIEW, order, {}, now=now)


def ask_logo(
    session: Session,
    viewer: Viewer,
    programme: str,
    digest: str,
    language: str,
    back: str,
    *,
    now: datetime,
) -> Job | None:
    """Ask the worker to try a picture of the store behind the logos; None where it is one of them.

    raises  NotFound as ``look``, and for a programme with the common layout; Refused for a
            fifth one.
    """
    there = _changed(session, viewer, programme)
    if digest in there.logos:
        return None
    if len(there.logos) >= MOST_LOGOS:
        raise Refused(
            Message(
                msg("A certificate has at most %(count)s logos. Take one away first."),
                {"count": MOST_LOGOS},
            )
        )
    return _ask(
        session,
        viewer,
        TRIAL,
        replace(there, logos=(*there.logos, digest)),
        {"programme": programme, "language": language, "back": back, "logo": digest},
        now=now,
    )


def decide(
    session: Session, viewer: Viewer, programme: str, layout: Layout, *, now: datetime
) -> None:
    """Let certificates that are issued from now on look so; those issued already never change.

    raises  NotFound as ``look``.
    """
    require_office(viewer)
    facts = layout.to_facts()
    if programme:
        found = programmes.programme(session, viewer, programme)
        session.merge(CertificateLayout(programme_id=found.id, changed_at=now, **facts))
    else:
        facts[LOGOS] = facts.pop("logos")
        installation.decide(session, facts, now=now)
    audit.append(
        session,
        actor_id(viewer),
        "certificates.layout",
        programme or "common",
        {
            "languages": sorted(layout.issuers),
            "signatories": len(layout.signatories),
            "logos": list(layout.logos),
        },
        now=now,
    )


def remove_logo(
    session: Session, viewer: Viewer, programme: str, digest: str, *, now: datetime
) -> None:
    """Take a logo off coming certificates. Its file stays: those issued with it are printed again.

    raises  NotFound as ``ask_logo``.
    """
    there = _changed(session, viewer, programme)
    if digest in there.logos:
        left = tuple(each for each in there.logos if each != digest)
        decide(session, viewer, programme, replace(there, logos=left), now=now)


def take_common(session: Session, viewer: Viewer, programme: str, *, now: datetime) -> None:
    """Let coming certificates of a programme have the common layout again; twice changes nothing.

    raises  NotFound as ``look``.
    """
    require_office(viewer)
    found = programmes.programme(session, viewer, programme)
    own = session.get(CertificateLayout, found.id)
    if own is not None:
        session.delete(own)
        audit.append(
            session, actor_id(viewer), "certificates.layout", programme, {"common": True}, now=now
        )


def _ask_typed(
    session: Session,
    viewer: Viewer,
    kind: str,
    order: Order,
    more: dict[str, Any],
    *,
    now: datetime,
) -> Job:
    # A programme's first layout begins with the logos of the common one.
    logos = look(session, viewer, order.programme).present.logos
    return _ask(
        session,
        viewer,
        kind,
        replace(order.layout, logos=logos),
        {**more, "language": order.language, "back": order.back},
        now=now,
    )


def _changed(session: Session, viewer: Viewer, programme: str) -> Layout:
    own = look(session, viewer, programme).own
    if own is None:
        raise NotFound
    return own


def _ask(
    session: Session,
    viewer: Viewer,
    kind: str,
    layout: Layout,
    more: dict[str, Any],
    *,
    now: datetime,
) -> Job:
    require_glyphs(_texts(layout))
    facts = {**layout.to_facts(), **more, "asked_by": str(viewer.person_id)}
    key = sha256(repr((viewer.person_id, now, facts)).encode()).hexdigest()
    return jobs.ask(session, kind, key, facts, now=now, asked_by=viewer.person_id)


def _texts(layout: Layout) -> list[str]:
    return [
        *layout.issuers.values(),
        *(text for person in layout.signatories for text in person.values()),
    ]
