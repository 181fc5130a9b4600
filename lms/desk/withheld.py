"""What the learner's pages say where no certificate can be given by this server, or yet."""

from __future__ import annotations

from collections.abc import Iterable

from lms.catalogue.structure import Structure
from lms.certificates import rules
from lms.installation import Installation
from lms.kernel.messages import Message
from lms.learning.rules import FINAL_TESTS
from lms.tables import AnyRow


def instead_of_certificate(
    row: AnyRow, structure: Structure, site: Installation, language: str | None
) -> Message | None:
    """Return what is said of a passed course in place of the way to its certificate.

    row        the course's, as ``learning.queries.course`` gives it.
    language   of the test that was passed, see ``language_of_pass``.
    """
    return rules.instead_of_certificate(site) or not_yet(row, structure, site, language)


def not_yet(
    row: AnyRow, structure: Structure, site: Installation, language: str | None
) -> Message | None:
    """Return why a certificate has to wait, told before and after the test; None where not.

    A station gives none anyway and says so by itself.
    """
    if not site.issues:
        return None
    newest = Structure.from_facts(row.newest_facts) if row.newest_facts else structure
    return rules.withheld(structure, newest, language, site)


def language_of_pass(attempts: Iterable[AnyRow]) -> str | None:
    """Return the language of the first passed final test among an enrolment's attempts."""
    passed = [each for each in attempts if each.test in FINAL_TESTS and each.passed]
    first = min(passed, key=lambda each: str(each.submitted_at), default=None)
    return first.language if first else None
