"""Every measure of a course at once: what was found, and the figures behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lms.content.model import Course
from lms.content.quality.accessible import access_findings
from lms.content.quality.bank import bank_findings, longest_in, places
from lms.content.quality.figures import figure_findings
from lms.content.quality.findings import FAULT, NOTE, WARNING, Finding
from lms.content.quality.reading import LONG_SENTENCE, Reading, read_by, reading_findings
from lms.content.quality.residue import residue_findings
from lms.content.quality.rules_named import rule_findings
from lms.content.quality.signs import sign_findings
from lms.content.quality.suspicion import people_findings
from lms.content.quality.terms import term_findings

SEVERITIES = (FAULT, WARNING, NOTE)


@dataclass(frozen=True, slots=True)
class Report:
    """The quality of one course.

    findings  each once, in the order of files and lines.
    readings  lesson by lesson, each in every language that has it.
    longest   file of a bank -> decisions where the right choice is the longest, and all decisions.
    places    number of choices -> place of the right one, from 1 -> how often.
    """

    course: Course
    findings: tuple[Finding, ...]
    readings: tuple[Reading, ...]
    longest: dict[str, tuple[int, int]]
    places: dict[int, dict[int, int]]

    def count(self, severity: str) -> int:
        """Return how many findings have this weight."""
        return sum(each.severity == severity for each in self.findings)


def measure(course: Course, others: Sequence[Course] = ()) -> Report:
    """Measure a course that has no fault of format.

    others  courses whose questions this one must not repeat.
    """
    found = {
        *reading_findings(course),
        *bank_findings(course, others),
        *people_findings(course),
        *rule_findings(course),
        *figure_findings(course),
        *term_findings(course),
        *residue_findings(course),
        *sign_findings(course),
        *access_findings(course),
    }
    return Report(
        course,
        tuple(sorted(found)),
        tuple(reading for _, reading, _ in read_by(course)),
        {
            file: (len(longest), count)
            for language in course.languages
            for file, longest, count in longest_in(course, language)
        },
        {choices: dict(sorted(counted.items())) for choices, counted in places(course).items()},
    )


def table(report: Report) -> list[str]:
    """Return the figures of a course as lines: lessons and banks below, languages across."""
    facts, languages = report.course.facts, report.course.languages
    readings = {(each.lesson, each.language): each for each in report.readings}
    lessons = [
        [each.code, str(each.minutes)]
        + [_figures(readings.get((each.code, language))) for language in languages]
        for each in facts.lessons()
    ]
    banks = [
        [f"bank {each.code}", ""]
        + [_longest(report, language, each.code) for language in languages]
        for each in facts.modules
    ]
    counts = ", ".join(f"{report.count(each)} {each}s" for each in SEVERITIES)
    return [
        f"{facts.id} {facts.slug}: {counts}",
        *_columns([["", "minutes", *languages], *lessons, *banks]),
        "Lessons: words / minutes to read them once / words in a sentence / % of long sentences.",
        f"A sentence is long with more than {LONG_SENTENCE} words.",
        "Banks: decisions in which the right choice is the longest.",
        *(
            f"Of {choices} choices the right one is, by its place: "
            + ", ".join(f"{place}. {times} times" for place, times in counted.items())
            for choices, counted in sorted(report.places.items())
        ),
    ]


def _figures(reading: Reading | None) -> str:
    if reading is None:
        return "-"
    share = round(100 * reading.share)
    return f"{reading.words} / {reading.minutes:.1f} / {reading.mean:.1f} / {share}"


def _longest(report: Report, language: str, module: str) -> str:
    longest, count = report.longest.get(f"{language}/bank/{module}.md", (0, 0))
    return f"{longest} of {count}" if count else "-"


def _columns(rows: Iterable[list[str]]) -> list[str]:
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def as_json(report: Report) -> dict[str, Any]:
    """Return everything of a report as plain values, the same keys for every course."""
    facts = report.course.facts
    readings = {lesson.code: dict[str, Any]() for lesson in facts.lessons()}
    for each in report.readings:
        readings[each.lesson][each.language] = {
            "words": each.words,
            "sentences": each.sentences,
            "longer": each.longer,
            "mean": round(each.mean, 2),
            "reading_minutes": round(each.minutes, 2),
        }
    return {
        "id": facts.id,
        "slug": facts.slug,
        "languages": list(report.course.languages),
        "counts": {each: report.count(each) for each in SEVERITIES},
        "lessons": [
            {"code": lesson.code, "minutes": lesson.minutes, "languages": readings[lesson.code]}
            for lesson in facts.lessons()
        ],
        "banks": [
            {"file": file, "longest": longest, "decisions": count}
            for file, (longest, count) in sorted(report.longest.items())
        ],
        "places": {str(choices): counted for choices, counted in sorted(report.places.items())},
        "findings": [
            {
                "severity": each.severity,
                "code": each.code,
                "file": each.file,
                "line": each.line,
                "text": each.text,
            }
            for each in report.findings
        ],
    }
