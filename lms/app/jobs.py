"""Every kind of job, and which module does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.jobs.steps import SlowStep, Step, Steps, TellingStep

# Which module does each kind of job. A module is loaded when the first job of its kind is due:
# what issues certificates must not carry what only publishing needs.
JOBS = {
    "attempt.close": "lms.learning.closing",
    "audit.check": "lms.admin.trail.steps",
    "audit.export": "lms.admin.trail.steps",
    "backup.drill": "lms.admin.drill",
    "backup.make": "lms.admin.backups.steps",
    "certificate.issue": "lms.certificates.work",
    "certificate.withdrawals": "lms.certificates.work",
    "courses.publish": "lms.admin.publishing",
    "integrity.check": "lms.admin.integrity",
    "drafts.check": "lms.authoring.review.work",
    "drafts.picture": "lms.authoring.picturing.work",
    "drafts.publish": "lms.authoring.review.publishing",
    "drafts.readiness": "lms.authoring.adapting.work",
    "editions.sign": "lms.authoring.work",
    "health.look": "lms.admin.health.steps",
    "housekeeping": "lms.admin.housekeeping",
    "keys.correct": "lms.authoring.correcting.work",
    "keys.count": "lms.authoring.correcting.work",
    "packages.read": "lms.authoring.work",
    "questions.read": "lms.authoring.question_files.work",
    "sheets.read": "lms.authoring.translation_sheets.work",
    "certificates.bulk": "lms.certificates.office.steps",
    "certificates.forget": "lms.certificates.office.steps",
    "certificates.preview": "lms.certificates.office.steps",
    "certificates.layout": "lms.certificates.office.steps",
    "people.apply": "lms.accounts.importing.steps",
    "people.check": "lms.accounts.importing.steps",
    "people.read": "lms.accounts.importing.steps",
    "people.undo": "lms.accounts.importing.steps",
    "reports.evidence": "lms.reports.evidence.steps",
    "reports.export": "lms.reports.steps",
    "reports.freeze": "lms.reports.frozen.steps",
    "requirements.enrol": "lms.requirements.actions.enrolling",
    "search.index": "lms.catalogue.search.steps",
    "transcript.make": "lms.certificates.transcripts.steps",
}


class JobSteps(Mapping[str, "Step | SlowStep | TellingStep"]):
    """The worker's table: kind of job -> its step (``lms.jobs.steps`` says what that is).

    Used by the worker inside an application context; loads what the web process never does.
    """

    def __getitem__(self, kind: str) -> Step | SlowStep | TellingStep:
        """Return the step of a kind of job; raises KeyError for one that nobody knows."""
        steps: Steps = import_module(JOBS[kind]).STEPS
        return steps[kind]

    def __iter__(self) -> Iterator[str]:
        """Yield every kind."""
        return iter(JOBS)

    def __len__(self) -> int:
        """Return how many kinds there are."""
        return len(JOBS)
