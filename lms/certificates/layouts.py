"""How certificates look: what the country decided, and what it decided for one programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms import installation
from lms.catalogue.models import Course
from lms.certificates.models import Certificate, CertificateLayout
from lms.certificates.snapshot import Signatory
from lms.installation import Installation
from lms.learning.models import Enrolment

# The decision that names the logos of the common layout: up to four digests in the file store.
LOGOS = "certificate_logos"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a country decides about its papers.

    issuers      language -> the name of who issues them; empty ones are the organisation's.
    signatories  up to three, as ``Installation.signatories`` keeps them.
    logos        up to four digests in the file store, in their order.
    """

    issuers: Mapping[str, str]
    signatories: Sequence[Mapping[str, str]]
    logos: Sequence[str] = ()

    def to_facts(self) -> dict[str, Any]:
        """Return it in JSON's own types."""
        return {
            "issuers": dict(self.issuers),
            "signatories": [dict(person) for person in self.signatories],
            "logos": list(self.logos),
        }

    @classmethod
    def of(cls, row: CertificateLayout) -> Self:
        """Return what a row says."""
        return cls(row.issuers, row.signatories, tuple(row.logos))

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Self:
        """Return what ``to_facts`` wrote; other facts beside it are passed over."""
        return cls(facts["issuers"], facts["signatories"], tuple(facts["logos"]))

    def issuers_in(self, printed: Sequence[str], site: Installation) -> dict[str, str]:
        """Return who issues a paper, in each printed language."""
        return {
            each: self.issuers.get(each) or site.issuers.get(each) or site.name(each)
            for each in printed
        }

    def signatories_in(self, printed: Sequence[str]) -> tuple[Signatory, ...]:
        """Return who signs: ``name`` and ``title``, in French ``title:fr`` where there is one."""

        def said(person: Mapping[str, str], key: str) -> dict[str, str]:
            return {each: person.get(f"{key}:{each}") or person.get(key, "") for each in printed}

        return tuple(
            Signatory(said(person, "name"), said(person, "title")) for person in self.signatories
        )


def common(session: Session, site: Installation) -> Layout:
    """Return the layout of every certificate whose programme has none of its own."""
    logos = installation.setting(session, LOGOS) or ()
    return Layout(site.issuers, site.signatories, tuple(logos))


def of_programme(session: Session, programme_id: UUID) -> Layout | None:
    """Return a programme's own layout; None where it has the common one."""
    row = session.get(CertificateLayout, programme_id)
    return None if row is None else Layout.of(row)


def of_certificate(session: Session, certificate: Certificate, site: Installation) -> Layout:
    """Return the layout of a certificate that is about to be issued.

    That of the programme for which its holder learned, where it has one. A restricted course has
    the common one: another would tell what the neutral title hides.
    """
    programme_id = session.scalar(
        select(Enrolment.programme_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.id == certificate.enrolment_id, Course.access != "restricted")
    )
    own = None if programme_id is None else of_programme(session, programme_id)
    return own or common(session, site)
