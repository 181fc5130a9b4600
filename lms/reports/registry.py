"""Every report by its name. A module is loaded when the first of its pages is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from lms.kernel.errors import NotFound
from lms.kernel.viewer import Viewer
from lms.reports.queries import reads_country
from lms.reports.report import Report

# In the order of the list of reports.
MODULES: Mapping[str, str] = {
    "compliance": "lms.reports.compliance.figures",
    "completions": "lms.reports.completions.figures",
    "results": "lms.reports.results.figures",
    "gain": "lms.reports.gain.figures",
    "questions": "lms.reports.items.figures",
    "languages": "lms.reports.coverage.figures",
    "steering": "lms.reports.steering.figures",
    "facility": "lms.reports.facility.figures",
}


def report(name: str) -> Report:
    """Return the report of a name. raises NotFound for a name that nobody knows."""
    if name not in MODULES:
        raise NotFound
    # A module says what it is by its type: the registry's test loads every one.
    found: Report = import_module(MODULES[name]).REPORT
    return found


def report_for(viewer: Viewer, name: str) -> Report:
    """Return a report that the viewer may open.

    One with names is for administrators alone, one about the whole country for who reads figures
    of all of it. raises NotFound for any other.
    """
    found = report(name)
    if not _is_open(found, viewer):
        raise NotFound
    return found


def reports_for(viewer: Viewer) -> list[Report]:
    """Return those that the viewer may open, in the order in which they are listed."""
    every = [report(name) for name in MODULES]
    return [each for each in every if _is_open(each, viewer)]


def _is_open(found: Report, viewer: Viewer) -> bool:
    if found.names and not viewer.holds("administrator"):
        return False
    return not found.country or reads_country(viewer)
