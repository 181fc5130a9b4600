"""How a page names work in the background."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

# A kind of job that somebody asks for -> what its page is called. Others have no page.
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
}

STATE_WORDS: Mapping[str, str] = {
    "waiting": msg("Running"),
    "done": msg("Done"),
    "failed": msg("Could not be finished"),
    "stopped": msg("Stopped"),
}
