"""kill -9 while people write a course: every save that was acknowledged is there, none is half."""

from __future__ import annotations

import asyncio
import json
import random
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts.models import Unit
from lms.authoring.drafts import actions
from lms.authoring.drafts.actions import ASIDE, SAVED
from lms.authoring.drafts.models import DraftContent, DraftFile, DraftVersion
from lms.db import transaction
from lms.extensions import db
from lms.kernel import clock
from lms.web import csrf
from tests.authoring.writers import with_roles
from tests.bench.load import Connection
from tests.content.small import small
from tests.faults.station import Station, kill, station
from tests.people import add_person

# Each of these is written by one person; the last one by two, who know nothing of each other.
ALONE = ("en/AB-1.1.md", "en/AB-1.2.md", "ar/AB-1.1.md", "en/bank/AB-1.md")
SHARED = "en/AB-2.1.md"
FEWEST_SAVES = 4  # of a round, before the server is killed
SEEN = re.compile(r'name="seen"[^>]* value="(\d+)"')


@dataclass
class Writer:
    """Somebody who saves one text again and again, and what the server has told them.

    by_itself  their script saves, as an open editor does; else they press the button.
    seen       the version that they have before them.
    sent       every text that ever left, by its digest.
    kept       acknowledged: number of the version and digest of its text.
    aside      acknowledged as kept beside somebody else's text.
    """

    token: str
    path: str
    by_itself: bool
    seen: int = 1
    sent: set[str] = field(default_factory=set)
    kept: list[tuple[int, str]] = field(default_factory=list)
    aside: list[tuple[int, str]] = field(default_factory=list)

    async def save(self, connection: Connection, draft: UUID) -> None:
        """Save a text that nobody has ever written; note what is acknowledged."""
        text = _text(self.path)
        digest = sha256(text.encode()).hexdigest()
        self.sent.add(digest)
        fields = {
            "text": text,
            "seen": str(self.seen),
            "go": "auto" if self.by_itself else "save",
            csrf.FIELD: csrf._token_for(self.token),
        }
        status, _, body = await connection.ask(
            "POST",
            f"/en/write/{draft}/text/{self.path}",
            {
                "Cookie": f"sid={self.token}",
                "Sec-Fetch-Site": "same-origin",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            urlencode(fields).encode(),
        )
        if status == 303:  # nobody else writes here: the next version is this one
            self.seen += 1
            self.kept.append((self.seen, digest))
        elif status == 200 and self.by_itself:
            self.seen = json.loads(body)["seen"]
            self.kept.append((self.seen, digest))
        elif status == 409 and self.by_itself:
            self.aside.append((json.loads(body)["aside"], digest))
            await self.look(connection, draft)
        else:
            raise AssertionError(f"{self.path} answered {status}: {body[-300:]!r}")

    async def look(self, connection: Connection, draft: UUID) -> None:
        """Open the editor anew, as somebody does who is told that another one wrote."""
        _, _, body = await connection.ask(
            "GET", f"/en/write/{draft}/text/{self.path}", {"Cookie": f"sid={self.token}"}
        )
        found = SEEN.search(body.decode())
        assert found is not None, "the editor does not say which version it shows"
        self.seen = int(found[1])


def _text(path: str) -> str:
    """Return a text of 1 to 60 kB that ends with what it began with."""
    mark = uuid4().hex
    lines = f"{mark} {random.randint(0, 9)} words of a lesson.\n\n" * random.randint(10, 1000)
    block = "ab11-1" if "AB-1.1" in path else f"x{mark}"
    return f'+++\ntitle = "{mark}"\n+++\n\n## The part {{#{block}}}\n\n{lines}{mark}\n'


async def _write(writers: list[Writer], draft: UUID, port: int) -> None:
    """Let everybody save until the server is gone."""

    async def one(writer: Writer) -> None:
        connection = Connection(port)
        try:
            while True:
                await writer.save(connection, draft)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            connection.close()

    await asyncio.wait_for(asyncio.gather(*map(one, writers)), timeout=60)


def _begin(app: Flask) -> tuple[UUID, list[Writer]]:
    """Begin a draft and let six people write in it."""
    with app.app_context(), transaction() as session:
        place = session.scalars(select(Unit).where(Unit.code == "N-01")).one()
        people = [
            with_roles(
                session, add_person(session, "Aruzhan Seitova", f"W-{number}", place), "author"
            )
            for number in range(len(ALONE) + 2)
        ]
        draft = actions.begin(session, people[0].viewer, small(), None, now=clock.now())
        writers = [
            Writer(person.token, path, by_itself=path == SHARED or number % 2 == 1)
            for number, (person, path) in enumerate(
                zip(people, (*ALONE, SHARED, SHARED), strict=True)
            )
        ]
        return draft.id, writers


def _rounds(place: Station, kills: int) -> list[Writer]:
    draft, writers = _begin(place.house.app)
    for _ in range(kills):
        with place.run() as process:

            async def round_() -> None:
                before = _told(writers)
                writing = asyncio.create_task(_write(writers, draft, place.house.port))
                # A server that has just started loads much first, and a disk may be slow.
                while _told(writers) < before + FEWEST_SAVES and not writing.done():
                    await asyncio.sleep(0.005)
                await asyncio.sleep(random.uniform(0, 0.4))
                await asyncio.get_running_loop().run_in_executor(None, kill, process)
                await writing

            asyncio.run(round_())
        _check(place, draft, writers)
    return writers


def _told(writers: list[Writer]) -> int:
    return sum(len(writer.kept) + len(writer.aside) for writer in writers)


def _check(place: Station, draft: UUID, writers: list[Writer]) -> None:
    """Compare what is stored with what was acknowledged; let everybody see what is there now."""
    with place.house.app.app_context():
        session = db.session()
        contents = {row.digest: row.data for row in session.scalars(select(DraftContent))}
        versions = {
            (row.path, row.number): row
            for row in session.scalars(select(DraftVersion).where(DraftVersion.draft_id == draft))
        }
        present = {
            row.path: row
            for row in session.scalars(select(DraftFile).where(DraftFile.draft_id == draft))
        }
        db.session.remove()
    first = {sha256(data).hexdigest() for data in small().values()}
    known = first.union(*(writer.sent for writer in writers))
    for digest, data in contents.items():
        assert sha256(data).hexdigest() == digest, "a text is half there"
        assert digest in known, "a text is there that nobody sent"
    for path, file in present.items():
        version = versions[path, file.number]
        assert (version.id, version.digest) == (file.version_id, file.digest), path
        assert file.size == len(contents[file.digest]), path
        assert file.number == max(
            number for at, number in versions if at == path and versions[at, number].kind != ASIDE
        ), path
    assert all(row.digest in contents for row in versions.values())
    for writer in writers:
        _check_writer(writer, versions, present)
        writer.seen = present[writer.path].number
    assert place.is_sound()


def _check_writer(
    writer: Writer, versions: dict[tuple[str, int], DraftVersion], present: dict[str, DraftFile]
) -> None:
    for number, digest in writer.aside:
        found = versions.get((writer.path, number))
        assert found, "what was kept aside is lost"
        assert (found.kind, found.digest) == (ASIDE, digest), "another text is kept aside"
    if not writer.by_itself:
        for number, digest in writer.kept:
            found = versions.get((writer.path, number))
            assert found, "a saved text is lost"
            assert (found.kind, found.digest) == (SAVED, digest), "another text is saved"
    elif writer.kept and writer.path != SHARED:
        # One sitting is one version: the last text stands for those before it.
        number, digest = writer.kept[-1]
        file = present[writer.path]
        assert file.number >= number, "a text that saved itself is lost"
        assert file.digest == digest or file.number > number, "an earlier text is back"
        assert file.digest in writer.sent


def test_five_kills_lose_no_acknowledged_save(tmp_path: Path) -> None:
    place = station(tmp_path / "data")
    with place.loaded():
        writers = _rounds(place, 5)
    assert _told(writers) > 10


@pytest.mark.crash
def test_forty_kills_lose_no_acknowledged_save(on_each: Station) -> None:
    with on_each.loaded():
        writers = _rounds(on_each, 40)
    assert all(writer.kept for writer in writers)
    assert _told(writers) > 150
    assert any(writer.aside for writer in writers)
