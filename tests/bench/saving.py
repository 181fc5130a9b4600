"""Clients that save answers, with the real items and codes of their own test."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.bench.load import Connection
from tests.bench.section import BROWSER, page_of
from tests.bench.seed import Learner

_CHOICE = re.compile(r'<input type="(?:radio|checkbox)" name="a\.[^":]+:?([^"]*)" value="([^"]+)"')
_LIST = re.compile(r'<select name="a\.[^":]+:?([^"]*)">(.*?)</select>', re.S)
_OPTION = re.compile(r"<option(?: value=\"([^\"]+)\")?>([^<]+)</option>")
_NUMBER = re.compile(r'<input class="num"[^>]*name="a\.[^":]+"')


@dataclass
class Saver:
    """One page of a test, as its script knows it."""

    person: Learner
    page: str
    tag: str
    answers: list[tuple[str, dict[str, list[str]]]]
    count: Any = field(default_factory=lambda: itertools.count(1))

    async def save(self, connection: Connection) -> int:
        """Send the next answer and return the status."""
        n = next(self.count)
        item, fields = self.answers[n % len(self.answers)]
        body = json.dumps(
            {
                "attempt": str(self.person.attempt),
                "person": self.tag,
                "page": self.page,
                "n": n,
                "seen": 0,
                "item": item,
                "fields": fields,
                "language": "en",
                "claimed": None,
            }
        )
        status, _, _ = await connection.ask(
            "POST",
            "/answers",
            {
                **BROWSER,
                "Accept": "application/json",
                "Content-Type": "application/json",
                "Cookie": self.person.cookie,
                "X-CSRF-Token": self.person.csrf_token,
                "Sec-Fetch-Site": "same-origin",
            },
            body.encode(),
        )
        return status


async def savers(port: int, people: tuple[Learner, ...]) -> list[Saver]:
    """Open everybody's test and return what saves in it."""
    connection = Connection(port)
    found = []
    for person in people:
        text = await page_of(connection, person.quiz, person)
        page = re.search(r'name="page" value="(\w+)"', text)
        tag = re.search(r'data-person="([^"]+)"', text)
        if page is None or tag is None:
            raise RuntimeError("the quiz page names no page or person")
        found.append(Saver(person, page[1], tag[1], _answers(text)))
    connection.close()
    return found


def _answers(text: str) -> list[tuple[str, dict[str, list[str]]]]:
    found = []
    for part in text.split('<fieldset class="q" id="q-')[1:]:
        item, _, rest = part.partition('"')
        fields: dict[str, list[str]] = {}
        for name, value in _CHOICE.findall(rest):
            fields.setdefault(name, [value])
        for place, (name, options) in enumerate(_LIST.findall(rest)):
            values = [value or words for value, words in _OPTION.findall(options)]
            fields[name] = [values[1 + place % (len(values) - 1)]]
        if _NUMBER.search(rest):
            fields[""] = ["3"]
        if not fields:
            raise RuntimeError(f"no control found for {item}")
        found.append((item, fields))
    return found
