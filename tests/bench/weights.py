"""Bytes: what goes over the line for a first visit, the next page, and an unchanged one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from lms.installation import LANGUAGES
from tests.bench.load import Connection
from tests.bench.section import BUILD, Bench, headers
from tests.bench.seed import Learner, lesson_path
from tests.bench.table import Figure

KB = 1000
QUIZZES = 10


@dataclass(frozen=True)
class Weight:
    """Bytes of one page with its headers, and of the files that it names."""

    page: int
    files: dict[str, int]
    unchanged: int | None
    words: int

    @property
    def first(self) -> int:
        """Bytes of a first visit."""
        return self.page + sum(self.files.values())


async def _weigh(connection: Connection, path: str, person: Learner | None) -> Weight:
    status, said, body = await connection.ask("GET", path, headers(person))
    if status != 200 or said.get("content-encoding") != "br":
        raise RuntimeError(f"{path}: {status} {said.get('content-encoding')}")
    page = connection.received
    unchanged = None
    if tag := said.get("etag"):
        status, _, _ = await connection.ask("GET", path, headers(person, **{"If-None-Match": tag}))
        unchanged = connection.received if status == 304 else None
    plain = headers(person, **{"Accept-Encoding": "identity"})
    _, _, body = await connection.ask("GET", path, plain)
    text = body.decode()
    files = {}
    for url in BUILD.findall(text):
        status, said, _ = await connection.ask("GET", url, headers(person))
        if status != 200 or said.get("content-encoding") != "br":
            raise RuntimeError(f"{url}: {status} {said.get('content-encoding')}")
        files[url] = connection.received
    main = text[text.index("<main") : text.index("</main>")]
    return Weight(page, files, unchanged, len(re.sub(r"<[^>]+>", " ", main).split()))


def _kb(weight: int) -> float:
    return weight / KB


def _figures(name: str, weight: Weight, first: float, after: float | None) -> list[Figure]:
    requests = 1 + len(weight.files)
    found = [
        Figure(
            f"{name}, first visit", _kb(weight.first), "kB", first, note=f"{weight.words} words"
        ),
        Figure(f"{name}, next", _kb(weight.page), "kB", after),
        Figure(
            f"{name}, requests of a first visit",
            requests,
            "",
            3,
            note="and the icon, after the page",
        ),
    ]
    if weight.unchanged is not None:
        found.insert(2, Figure(f"{name}, unchanged", _kb(weight.unchanged), "kB", 1))
    return found


async def _all(port: int, people: tuple[Learner, ...], lessons: tuple[str, ...]) -> list[Figure]:
    connection, person = Connection(port), people[0]
    figures = _figures("sign-in", await _weigh(connection, "/en/", None), 12, 3)
    figures += _figures("home", await _weigh(connection, "/en/home", person), 12, 3)
    english = {code: await _weigh(connection, lesson_path(code), person) for code in lessons}
    middle = min(english, key=lambda code: (abs(english[code].words - 900), code))
    figures += _figures(f"lesson {middle} in English", english[middle], 14, 5.5)
    every = {
        (code, language): await _weigh(connection, lesson_path(code, language), person)
        for code in lessons
        for language in LANGUAGES
    }
    code, language = max(every, key=lambda each: every[each].page)
    heaviest = every[code, language]
    figures += _figures(f"heaviest lesson {code} in {language}", heaviest, 20, 9)
    # Each person's test is drawn anew.
    quizzes = [await _weigh(connection, each.quiz, each) for each in people[:QUIZZES]]
    quiz = max(quizzes, key=lambda each: each.page)
    figures += _figures(f"heaviest of {QUIZZES} tests of 20", quiz, 16, None)
    connection.close()
    style = next(size for url, size in quiz.files.items() if url.endswith(".css"))
    common = sum(size for url, size in heaviest.files.items() if url.endswith(".js"))
    scripts = sum(size for url, size in quiz.files.items() if url.endswith(".js"))
    return [
        *figures,
        Figure("CSS", _kb(style), "kB", 6),
        Figure("JS on every page", _kb(common), "kB", 2),
        Figure("more JS in a quiz", _kb(scripts - common), "kB", 4),
    ]


def run(bench: Bench) -> list[Figure]:
    """Weigh the pages."""
    with bench.lms() as running:
        return asyncio.run(_all(running.port, bench.seeded.people, bench.seeded.lessons))
