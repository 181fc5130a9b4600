"""The words of countries on the page of translations: by country, language, state and severity."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from lms.authoring.drafts import actions as drafts
from lms.authoring.drafts.models import Draft
from lms.authoring.translating.national import National, national_shares
from lms.authoring.translating.pairs import changes_in
from lms.content.digests import block_digest
from lms.db import transaction
from lms.kernel import clock
from tests.authoring.translating.seats import Open, address
from tests.authoring.writers import Writers
from tests.content.small import read, small

REPLACED = """
[[replace]]
block = "ab11-1"
law = "Law 3 of 2003"
checker = "{checker}"
made_from = "{made_from}"
"""
WORDS = "+++\n+++\n\n## Qui décide {#nat-ab11-1}\n\nLe directeur.\n"


def source_digest(block: str = "ab11-1") -> str:
    course = read(small())
    found = course.documents["en"]["AB-1.1"].block(block)
    assert found is not None
    return block_digest(found)


def shares(
    files: dict[str, bytes], own: str | None = None, spoken: tuple[str, ...] = ()
) -> dict[tuple[str, str], National]:
    facts = read(small()).facts
    changes = changes_in(files.get("changes.toml", b""))
    found = national_shares(facts, files, changes, own, spoken)
    return {(each.nation, each.language): each for each in found}


def test_boxes_are_counted_by_their_state_in_each_language() -> None:
    found = shares(small())
    tunisia, uganda = found["tn", "ar"].share, found["ug", "en"].share
    assert list(found) == [("tn", "ar"), ("ug", "en")]
    assert (tunisia.units, tunisia.reviewed, tunisia.translated) == (
        uganda.units,
        0,
        tunisia.units - tunisia.new,
    )
    assert uganda.reviewed == 1


def test_the_country_of_the_server_comes_first_with_all_its_languages() -> None:
    found = shares(small(), "ug", ("en", "fr"))
    assert list(found) == [("ug", "en"), ("ug", "fr"), ("tn", "ar")]
    french = found["ug", "fr"].share
    assert (french.new, french.percent(french.reviewed)) == (french.units, 0)


@pytest.mark.parametrize(
    ("checker", "made_from", "changes", "state"),
    [
        ("School", "today", "", "reviewed"),
        ("", "today", "", "translated"),
        ("School", "0" * 12, "", "unknown"),
        ("School", "0" * 12, "law", "law"),
        ("School", "0" * 12, "typo", "typo"),
    ],
)
def test_a_replaced_block_is_stale_where_the_core_has_changed(
    checker: str, made_from: str, changes: str, state: str
) -> None:
    today = source_digest()
    given = today if made_from == "today" else made_from
    layer = small()["nations/tn/nation.toml"].decode()
    files = small() | {
        "nations/tn/nation.toml": (
            layer + REPLACED.format(checker=checker, made_from=given)
        ).encode(),
        "nations/tn/fr/replaced.md": WORDS.encode(),
    }
    if changes:
        files["changes.toml"] = (
            f'[[change]]\nblock = "ab11-1"\nold = "{given}"\nnew = "{today}"\n'
            f'severity = "{changes}"\ntext = "Old words."\n'
        ).encode()
    found = shares(files)
    french, arabic = found["tn", "fr"].share, found["tn", "ar"].share
    counts = {"reviewed": french.reviewed, "translated": french.translated, **french.stale}
    assert counts[state] == 1
    assert french.old == (state not in {"reviewed", "translated"})
    assert arabic.new == french.new  # each language lacks what the other has


def test_a_closed_module_asks_for_nothing() -> None:
    layer = small()["nations/tn/nation.toml"].decode()
    closed = '\n[[close]]\nmodule = "AB-1"\nlaw = "Law 4 of 2004"\n'
    replaced = REPLACED.format(checker="", made_from=source_digest())
    files = small() | {"nations/tn/nation.toml": (layer + replaced + closed).encode()}
    assert shares(files).get(("tn", "ar")) is None or shares(files)["tn", "ar"].share.units == 0


def test_the_page_shows_each_country_and_language(
    browser: Open, draft: Draft, writers: Writers, app: Flask
) -> None:
    with app.app_context(), transaction() as session:
        drafts.save(
            session,
            writers.nadia.viewer,
            draft.id,
            "nations/tn/fr/boxes.md",
            b"+++\n+++\n\n## NA-01 {#tn-na-01}\n\nLa commission.\n",
            seen=0,
            now=clock.now(),
        )
    for person in (writers.tarek, writers.nadia):
        page = browser(person).get(address(draft)).text
        section = page[page.index('id="countries"') :]
        rows = re.findall(
            r'<a href="[^"]*/countries/(\w\w)">[^<]*</a> · <span lang="(\w\w)"', section
        )
        assert rows == [("tn", "ar"), ("tn", "fr"), ("ug", "en")]
        assert "Written, not confirmed" in section


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru", "kk"])
def test_in_every_language(browser: Open, draft: Draft, writers: Writers, language: str) -> None:
    path = address(draft).replace("/en/", f"/{language}/")
    assert browser(writers.tarek).get(path).status_code == 200
