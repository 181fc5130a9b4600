"""How a page names work in the background."""

from __future__ import annotations

from collections.abc import Mapping

from lms.jobs.models import Job
from lms.kernel.messages import msg

# A kind of job -> what it is called. Who asked for it finds it on a page of its own.
KINDS: Mapping[str, str] = {
    "people.read": msg("Reading a staff list"),
    "people.check": msg("Trying a staff list"),
    "people.apply": msg("Taking over a staff list"),
    "people.undo": msg("Undoing a staff list"),
    "packages.read": msg("Reading a course package"),
    "certificates.bulk": msg("Putting certificates together"),
    "certificates.preview": msg("Preview of a certificate"),
    "certificates.layout": msg("How certificates look"),
    "transcript.make": msg("Training record"),
    "reports.evidence": msg("Evidence of a certificate"),
    "reports.export": msg("File of a report"),
    "audit.check": msg("Look at the log"),
    "audit.export": msg("File of the log"),
    "reports.freeze": msg("Freezing a quarter"),
    # What the server does by itself.
    "attempt.close": msg("Closing a test whose time is over"),
    "backup.drill": msg("Restore test of a backup"),
    "backup.make": msg("Making a backup"),
    "certificate.issue": msg("Issuing a certificate"),
    "certificate.withdrawals": msg("Signing the list of withdrawn certificates"),
    "certificates.forget": msg("Deleting files that are 30 days old"),
    "courses.publish": msg("Publishing the courses of the country"),
    "drafts.check": msg("Checking a draft"),
    "drafts.picture": msg("Preparing a picture"),
    "drafts.publish": msg("Publishing a draft"),
    "drafts.readiness": msg("Looking whether a course is ready for a country"),
    "editions.sign": msg("Signing editions of courses"),
    "health.look": msg("Looking at every part of the server"),
    "housekeeping": msg("Deleting what is too old, asking for the work of the night"),
    "integrity.check": msg("Looking through the database"),
    "keys.correct": msg("Correcting the answer key of a question"),
    "keys.count": msg("Counting whom a corrected answer key touches"),
    "requirements.enrol": msg("Enrolling people by a rule"),
    "questions.read": msg("Reading a file of questions"),
    "search.index": msg("Building the index of the search"),
    "sheets.read": msg("Reading a sheet of translations"),
}

# What the text of a failure holds, in small letters, and what it means to whoever reads the page.
# The first sign that fits counts.
FAILURES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("no space", "is full", "not enough room"), msg("The disk of the server is full.")),
    (("is locked", "being made", "going on"), msg("Something else was being done with it. It "
                                                   "is tried again by itself.")),
    (("permission", "read-only", "readonly"), msg("The worker's account may not read or write a "
                                                  "file that it needs.")),
    (("filenotfound", "no such file"), msg("A file that it needs is no longer there.")),
    (("keyerror",), msg("This version of the program does not know this work.")),
    (("memory",), msg("The server had too little memory for it.")),
    (("connection", "operationalerror"), msg("The database did not answer.")),
    (("malformed", "databaseerror"), msg("The database is damaged: see the health of the server.")),
)  # fmt: skip
OTHER_FAILURE = msg(
    "Something unforeseen was in the way. What is said below helps whoever mends it."
)


def failure(error: str) -> str:
    """Return what a failure means, in a sentence of the catalogue."""
    return known_failure(error) or OTHER_FAILURE


def known_failure(error: str | None) -> str | None:
    """Return what a failure that is known means; None for any other, and for no failure."""
    said = (error or "").lower()
    return next((words for signs, words in FAILURES if any(sign in said for sign in signs)), None)


STATE_WORDS: Mapping[str, str] = {
    "waiting": msg("Running"),
    "retried": msg("Waits for another try"),
    "done": msg("Done"),
    "failed": msg("Could not be finished"),
    "stopped": msg("Stopped"),
}


def state_of(job: Job) -> str:
    """Return how a job stands, a key of ``STATE_WORDS``; whose last step failed does not run."""
    return "retried" if job.state == "waiting" and job.error else job.state
