"""What a story is, what all of them need, and how they are told side by side.

A story is a generator: it yields the moment at which it goes on, and is then continued. The
stories of everybody are told in the order of time, as it would have happened.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.admin.demo.people import Invented
from lms.admin.demo.states import State
from lms.catalogue.structure import Structure
from lms.installation import Installation
from lms.kernel.viewer import Viewer
from lms.learning.models import Enrolment

Story = Generator[datetime, None, None]


@dataclass(slots=True)
class World:
    """What every story needs.

    work      lets the worker do what is due at a moment.
    sections  lesson code -> the ids of its sections, where reading can stop.
    """

    session: Session
    site: Installation
    course_id: str
    slug: str
    structure: Structure
    sections: dict[str, list[str]]
    work: Callable[[datetime], None]
    now: datetime


@dataclass(slots=True)
class Learner:
    """One invented person of the service, and what the story knows of their course.

    scripts  whether their browser runs scripts: then every answer is saved by itself.
    """

    person: Invented
    viewer: Viewer
    state: State
    dice: random.Random
    scripts: bool = True
    enrolment: Enrolment | None = None


def tell(stories: Iterable[Story]) -> None:
    """Continue every story in the order of the moments that they yield, until all are told."""
    waiting: list[tuple[datetime, int, Story]] = []

    def wait(number: int, story: Story) -> None:
        moment = next(story, None)
        if moment is not None:
            heapq.heappush(waiting, (moment, number, story))

    for number, story in enumerate(stories):
        wait(number, story)
    while waiting:
        _, number, story = heapq.heappop(waiting)
        wait(number, story)
