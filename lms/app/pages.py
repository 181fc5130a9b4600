"""Every feature's pages, and what some of their addresses may be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Addresses below which a request may be larger than any form, in bytes; ``*`` is any one segment.
# The page says how large a file may be; what is larger still is refused before it is read.
UPLOADS: Mapping[str, int] = {
    "/*/administer/library/*/files": 21 * 1024 * 1024,
    "/*/administer/staff-lists/new": 21 * 1024 * 1024,
    "/*/write/*/folder": 201 * 1024 * 1024,
    "/*/write/*/pictures": 21 * 1024 * 1024,
    "/*/write/*/question-files": 21 * 1024 * 1024,
    "/*/write/*/translate/*/sheet": 21 * 1024 * 1024,
    "/*/write/from-file": 201 * 1024 * 1024,
}
# Addresses below which one field of a form may be longer than any other, in characters: a text of a
# course has up to 256 kB, and browsers send each line end as two.
LONG_FIELDS: Mapping[str, tuple[str, int]] = {"/*/write/*/text": ("text", 320 * 1024)}


def blueprints(*, demo: bool) -> list[Any]:
    """Return every feature's pages; the tour's in the demonstration alone.

    Imported inside the functions so that a command without pages stays small.
    """
    shown = [*_of_learners(), *_of_writers(), *_of_administrators()]
    if demo:
        from lms.admin.tour import bp as tour

        shown.append(tour)
    return shown


def _of_learners() -> list[Any]:
    """Return the pages of everybody: signing in, learning, tests, certificates."""
    from lms.accounts.factor.views import bp as factor
    from lms.accounts.views import bp as accounts
    from lms.assessment.views import bp as assessment
    from lms.certificates.transcripts.views import bp as transcripts
    from lms.certificates.views import bp as certificates
    from lms.desk.library.views import bp as library
    from lms.desk.search.views import bp as search
    from lms.desk.views import bp as desk
    from lms.learning.reporting.views import bp as reporting
    from lms.learning.views import bp as learning

    return [
        accounts,
        assessment,
        certificates,
        desk,
        factor,
        learning,
        library,
        reporting,
        search,
        transcripts,
    ]


def _of_writers() -> list[Any]:
    """Return the pages of those who write courses."""
    from lms.authoring.adapting.block_views import bp as nation_blocks
    from lms.authoring.adapting.limit_views import bp as nation_limits
    from lms.authoring.adapting.state_views import bp as nation_state
    from lms.authoring.adapting.views import bp as nations
    from lms.authoring.bank.views import bp as bank
    from lms.authoring.changes.views import bp as changes
    from lms.authoring.correcting.views import bp as correcting
    from lms.authoring.course_facts.views import bp as course_facts
    from lms.authoring.course_people.views import bp as course_people
    from lms.authoring.course_structure.views import bp as course_structure
    from lms.authoring.drafts.views import bp as drafts
    from lms.authoring.folders.views import bp as folders
    from lms.authoring.nation_bank.views import bp as nation_bank
    from lms.authoring.picturing.views import bp as pictures
    from lms.authoring.question_files.views import bp as question_files
    from lms.authoring.readers.views import bp as readers
    from lms.authoring.review.views import bp as review
    from lms.authoring.translating.views import bp as translating
    from lms.authoring.translation_sheets.views import bp as translation_sheets
    from lms.authoring.writing.views import bp as writing

    return [
        bank,
        changes,
        correcting,
        course_facts,
        course_people,
        course_structure,
        drafts,
        folders,
        nation_bank,
        nation_blocks,
        nation_limits,
        nation_state,
        nations,
        pictures,
        question_files,
        readers,
        review,
        translating,
        translation_sheets,
        writing,
    ]


def _of_administrators() -> list[Any]:
    """Return the pages of those who look after people, places and the server, and their reports."""
    from lms.accounts.importing.views import bp as staff_lists
    from lms.admin.background.views import bp as background
    from lms.admin.backups.views import bp as backups
    from lms.admin.certificates.views import bp as office
    from lms.admin.country.views import bp as country
    from lms.admin.health.views import bp as health
    from lms.admin.layout.views import bp as layout
    from lms.admin.library.views import bp as documents
    from lms.admin.people.views import bp as people
    from lms.admin.places.views import bp as places
    from lms.admin.programmes.views import bp as programmes
    from lms.admin.requirements.views import bp as requirements
    from lms.admin.roles.views import bp as roles
    from lms.admin.slips.views import bp as slips
    from lms.admin.succession.views import bp as succession
    from lms.admin.testrules.views import bp as test_rules
    from lms.admin.trail.views import bp as trail
    from lms.admin.views import bp as admin
    from lms.admin.waivers.views import bp as waivers
    from lms.reports.evidence.views import bp as evidence
    from lms.reports.frozen.views import bp as frozen
    from lms.reports.views import bp as reports

    return [
        admin,
        background,
        backups,
        country,
        documents,
        evidence,
        frozen,
        health,
        layout,
        office,
        people,
        places,
        programmes,
        reports,
        requirements,
        roles,
        slips,
        staff_lists,
        succession,
        test_rules,
        trail,
        waivers,
    ]
