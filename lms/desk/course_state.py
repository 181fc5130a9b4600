"""Where somebody stands in a course: what the rules say about the rows that were looked up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from lms.catalogue.structure import PassRule, Structure, title_language
from lms.kernel import clock
from lms.kernel.messages import Message, Words
from lms.learning import queries as learning
from lms.learning.rules import (
    Gate,
    Sitting,
    TestGate,
    gate_sentence,
    may_renew,
    post_test_gate,
    present_rule,
)
from lms.tables import AnyRow
from lms.web.pages import shown_moment, site, today


@dataclass(frozen=True)
class CourseState:
    """A course as one person sees it, with their attempts at its tests.

    row       of ``learning.queries.course`` or ``courses``.
    attempts  of one enrolment of the person in this course, oldest first.
    """

    row: AnyRow
    attempts: list[AnyRow]

    @classmethod
    def of(cls, row: AnyRow, attempts: Iterable[AnyRow]) -> Self:
        """Return the state of a course, given the attempts of its person in every course."""
        return cls(row, [each for each in attempts if each.enrolment_id == row.enrolment_id])

    @cached_property
    def structure(self) -> Structure:
        """The modules, lessons and rules of the edition that this person reads."""
        return Structure.from_facts(self.row.facts)

    @property
    def renews(self) -> bool:
        """Whether the enrolment renews an earlier pass."""
        return self.row.renews_id is not None

    @cached_property
    def sittings(self) -> list[Sitting]:
        """The attempts at the tests that decide, as the rules see them."""
        return learning.sittings_of(self.attempts)

    @cached_property
    def gate(self) -> TestGate:
        """Whether the final test is open, and what keeps it closed."""
        return post_test_gate(
            self.structure,
            self.row.lessons or (),
            self.row.read_again or (),
            self.sittings,
            self.row.granted,
            now=clock.now(),
            renews=self.renews,
        )

    @cached_property
    def rule(self) -> PassRule:
        """The rule by which the final test is passed now."""
        return present_rule(
            self.structure, self.sittings, renews=self.renews, floor=site().least_percent
        )

    @cached_property
    def sentence(self) -> Message:
        """Why the final test is open or closed, in words."""
        text = self.row.text
        titles = {
            code: Words(title, title_language(text, code) or self.row.text_language)
            for code, title in text["lessons"].items()
        }
        opens_at = self.gate.opens_at
        return gate_sentence(self.gate, titles, shown_moment(opens_at) if opens_at else "")

    def may_renew(self, *, asked: bool) -> bool:
        """Return whether the person may take the course anew: passed, and its last day is near.

        asked  what the person must hold asks for it already.
        """
        return self.gate.state is Gate.PASSED and may_renew(
            self.row.valid_through, self.structure.refresher_days, today(), asked=asked
        )

    @property
    def failed_last(self) -> bool:
        """Whether the newest final test was handed in and not passed."""
        return bool(self.sittings) and self.sittings[-1].passed is False

    def running(self, *tests: str) -> AnyRow | None:
        """Return the attempt at one of ``tests`` that is open, None without one."""
        return next(
            (each for each in self.attempts if each.test in tests and each.state == "open"), None
        )
