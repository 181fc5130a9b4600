"""What a certificate prints about the programme for which somebody learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.models import Course, Programme
from lms.catalogue.programmes.rules import said_in
from lms.certificates.models import Certificate
from lms.certificates.snapshot import Texts
from lms.learning.models import Enrolment


class PrintedProgramme(NamedTuple):
    """Three texts by printed language; all empty where nothing may be printed."""

    title: Texts
    partners: Texts
    funders: Texts


NOTHING = PrintedProgramme({}, {}, {})


def printed_programme(
    session: Session, certificate: Certificate, languages: Sequence[str]
) -> PrintedProgramme:
    """Return programme, partners and funders as a certificate prints them.

    languages  the printed ones, the certificate's own first.

    A restricted course prints nothing of the kind: a programme would tell what the neutral title
    hides. They belong to the paper and its snapshot alone: never to the QR code or the checking
    page.
    """
    programme = session.scalar(
        select(Programme)
        .join(Enrolment, Enrolment.programme_id == Programme.id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(
            Enrolment.id == certificate.enrolment_id,
            Programme.printed.is_(True),
            Course.access != "restricted",
        )
    )
    return NOTHING if programme is None else said_of(programme, languages)


def said_of(programme: Programme, languages: Sequence[str]) -> PrintedProgramme:
    """Return the texts of a programme that may be printed, in the printed languages."""
    return PrintedProgramme(
        _in_printed(programme.titles, languages),
        _in_printed(programme.partners, languages),
        _in_printed(programme.funders, languages),
    )


def _in_printed(texts: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """Return the texts in the printed languages; one of another language where none has any."""
    found = {each: texts[each] for each in languages if texts.get(each)}
    _, other = said_in(texts, languages[0])
    return found or ({languages[0]: other} if other else {})
