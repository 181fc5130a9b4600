"""Who joins the invented service, in which office or state, and with which password."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import cycle, islice

from lms.admin.demo import service
from lms.admin.demo.people import Invented
from lms.admin.demo.service import Office, Place
from lms.admin.demo.states import State

# Of 40 learners, so many are in each state.
SHARES: Mapping[State, int] = {
    State.NOT_STARTED: 9,
    State.IN_LESSON: 9,
    State.IN_TEST: 2,
    State.FAILED_ONCE: 3,
    State.PASSED: 2,
    State.CERTIFIED: 10,
    State.EXPIRING: 3,
    State.TRANSFERRED: 2,
}
PASSWORD_WORDS = (
    "amber", "anchor", "basket", "beacon", "candle", "cedar", "copper", "drum", "ember", "falcon",
    "garden", "harbour", "island", "jasmine", "kettle", "ladder", "lantern", "maple", "meadow",
    "needle", "olive", "orchard", "pebble", "pepper", "quarry", "ribbon", "river", "saddle",
    "silver", "spindle", "thimble", "timber", "velvet", "walnut", "willow", "window",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who joins the service: who, where, with which number and office."""

    person: Invented
    number: str
    place: Place | None
    office: Office | None
    state: State


def everybody(people: Iterator[Invented], staff: int) -> Iterator[Joining]:
    """Yield the staff: the offices first, then learners in every state at every facility."""
    count: dict[str, int] = {}

    def one(place: Place | None, office: Office | None, state: State) -> Joining:
        letters = place.letters if place else service.COUNTRY_LETTERS
        count[letters] = count.get(letters, 1000) + 1
        person = next(people)
        if office is not None:
            person = replace(person, function=office.function, rank_group="G3")
        return Joining(person, f"{letters}-{count[letters]}", place, office, state)

    yield one(None, service.COUNTRY_ADMINISTRATOR, State.NOT_STARTED)
    offices: list[tuple[Place | None, Office]] = [(None, each) for each in service.AT_COUNTRY]
    offices += [(place, office) for place in service.REGIONS for office in service.AT_REGION]
    offices += [(place, office) for place in service.FACILITIES for office in service.AT_FACILITY]
    offices.append((None, service.PUBLISHER))
    states = cycle((State.CERTIFIED, State.CERTIFIED, State.EXPIRING))
    for (place, office), state in zip(offices, states, strict=False):
        yield one(place, office, state)
    rest = staff - 1 - len(offices)
    for place, state in islice(zip(cycle(service.FACILITIES), _states(), strict=False), rest):
        yield one(place, None, state)


def _states() -> Iterator[State]:
    """Yield the states of learners without end, well mixed: each share evenly spread."""
    total = sum(SHARES.values())
    given = dict.fromkeys(SHARES, 0)
    n = 0
    while True:
        n += 1
        state = max(SHARES, key=lambda each: SHARES[each] * n / total - given[each])
        given[state] += 1
        yield state


def easy_password() -> str:
    """Return a password that is easy to type: ``cedar-lantern-river-47``."""
    words = [secrets.choice(PASSWORD_WORDS) for _ in range(3)]
    return "-".join([*words, str(10 + secrets.randbelow(90))])
