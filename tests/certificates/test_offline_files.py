"""The page that checks without a network reads signed files too: evidence, frozen quarters."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from lms.reports.evidence.document import KIND as EVIDENCE
from lms.reports.frozen import rules
from lms.reports.frozen.rules import Correction, Frozen
from lms.reports.steering.rules import Body, Entry
from lms.signing import signed_json
from lms.signing.signed_json import moment_text
from tests.certificates.test_offline_page import LANGUAGES, WORDS, Guard, built, needs_chromium
from tests.chromium import open_chromium
from tests.signing.office import MONDAY, OPENED, TUESDAY, ring, signer

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
]
FIGURES = [12, 0, 6, 6, None, None, 23]
OLD = "ab" * 32


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def tab(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    guard = Guard(chromium, tmp_path)
    yield guard.open(built(), viewport={"width": 320, "height": 640})
    for context in chromium.contexts:
        context.close()
    assert guard.said == []


def frozen(seed: int = 1, **changes: Any) -> str:
    groups = {name: [Entry("f", FIGURES)] for name in ("sex", "rank", "function")}
    names = {"en": "Northgate", "ar": "الباب", "kk": 'Ә \u2028 \x7f \t \\ " é 😀'}
    groups |= {name: [Entry("N", FIGURES, "place", names)] for name in ("region", "facility")}
    body = Body(
        "prison-health",
        {"en": "Prison health", "ar": "الصحة"},
        "2026-Q3",
        MONDAY.date(),
        TUESDAY.date(),
        FIGURES,
        groups,
    )
    facts = {
        "issuer": "TN-CGPR",
        "at": MONDAY,
        "corrects": Correction(OLD, "One was late."),
        **changes,
    }
    made = Frozen(
        facts["issuer"],
        {"en": "Prison service"},
        2,
        MONDAY.date(),
        facts["at"],
        body,
        facts["corrects"],
    )
    return rules.seal(made, signer(seed))


def evidence(**changes: Any) -> str:
    paper = {
        "number": "TN-2026-00417",
        "code": "23456789CFGV",
        "names": ["أمينة", "Amina"],
        "completed_on": "2026-11-22",
        "valid_through": None,
        "titles": {"en": "Hygiene"},
        "withdrawn": False,
        **changes,
    }
    attempts = [{"handed_in": "2026-11-22T09:30:00Z", "percent": 93, "passed": True}]
    document = {
        "kind": EVIDENCE,
        "made": moment_text(MONDAY),
        "certificate": paper,
        "attempts": attempts,
    }
    return signed_json.seal(document, {signer().kid: signer().sign})


def paper(text: str, packed: bytes | None = None) -> bytes:
    """Return a paper as typst makes it, as far as the page looks at it: something, the file."""
    lies = packed if packed is not None else zlib.compress(text.encode(), 9)
    return (
        b"%%PDF-1.7\n1 0 obj\n<</Length 3>>\nstream\n\xff\x00\x80\nendstream\nendobj\n"
        b"246 0 obj\n<</Length %d/Type/EmbeddedFile/Filter/FlateDecode>>\nstream\n%s\nendstream\n"
        b"endobj\n247 0 obj\n<</Names<</EmbeddedFiles<</Names[(evidence.json)246 0 R]>>>>>>\nendobj"
    ) % (len(lies), lies)


def choose(tab: Page, text: str | bytes) -> str:
    """Choose a file, and return the verdict's sentence without its marks."""
    name, kind = ("file.json", "application/json")
    if isinstance(text, bytes):
        name, kind = ("paper.pdf", "application/pdf")
    body = text if isinstance(text, bytes) else text.encode()
    tab.locator("#signed-file").set_input_files({"name": name, "mimeType": kind, "buffer": body})
    said = tab.locator(".verdict > span").text_content() or ""
    return said.replace("\u2066", "").replace("\u2069", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_genuine_file_says_what_it_is(tab: Page, language: str) -> None:
    words = WORDS[language]
    tab.locator(f"[data-language={language}]").click()
    text = frozen()
    assert choose(tab, text) == words["outcome_file_valid"]
    shown = tab.locator("#result").inner_text()
    for said in (
        words["kind_frozen"],
        "2026-Q3",
        OLD,
        "One was late.",
        "23",
        "*",
        words["measure_certified"],
        words["note_frozen"],
        sha256(text.encode()).hexdigest(),
    ):
        assert said in shown, said
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    tab.set_viewport_size({"width": 1280, "height": 800})
    edge = "(el) => el.scrollWidth <= el.clientWidth"
    assert tab.locator("#result dl").evaluate(edge)
    assert choose(tab, evidence()) == words["outcome_file_valid"]
    shown = tab.locator("#result").inner_text()
    for said in (words["kind_evidence"], "Amina", "2345-6789-CFGV", "93 %", words["no_end"]):
        assert said in shown, said
    assert words["paper_withdrawn"] not in shown
    choose(tab, evidence(withdrawn=True))
    assert words["paper_withdrawn"] in tab.locator("#result").inner_text()


def test_a_paper_of_evidence_is_checked_by_the_file_that_lies_in_it(tab: Page) -> None:
    text = evidence()
    assert choose(tab, paper(text)) == WORDS["en"]["outcome_file_valid"]
    shown = tab.locator("#result").inner_text()
    assert "TN-2026-00417" in shown
    assert WORDS["en"]["compare"] in shown
    assert sha256(text.encode()).hexdigest() in shown
    changed = paper(text.replace("93", "94"))
    assert choose(tab, changed) == WORDS["en"]["outcome_file_signature"]
    for other in (
        paper(text, b"not packed"),
        paper(text)[:400],
        b"%PDF-1.7\n%%EOF",
        b"",
        paper("", zlib.compress(b" " * 200_000_000)),
    ):
        assert choose(tab, other) == WORDS["en"]["outcome_file_encoding"]


def test_a_browser_that_cannot_unpack_asks_for_the_file_itself(tab: Page) -> None:
    tab.evaluate("() => { delete window.DecompressionStream; }")
    assert choose(tab, paper(evidence())) == WORDS["en"]["outcome_file_encoding"]
    assert "evidence.json" in WORDS["en"]["outcome_file_encoding"]


def test_a_changed_file_and_one_of_another_key_are_refused_and_not_shown(tab: Page) -> None:
    for text in (
        frozen().replace('"number": 2', '"number": 1'),
        frozen().replace("12", "13", 1),
        evidence().replace("93", "94"),
        frozen(seed=2),
        json.dumps({**json.loads(frozen()), "more": 1}),
        json.dumps({"kind": EVIDENCE}),
    ):
        assert choose(tab, text) == WORDS["en"]["outcome_file_signature"]
        assert tab.locator("#result dl").count() == 0
    # Written in another order and with other spaces it is the same document.
    other = json.dumps(json.loads(frozen()), sort_keys=True)
    assert choose(tab, other) == WORDS["en"]["outcome_file_valid"]


def test_another_file_and_another_issuer_are_told(tab: Page) -> None:
    for text in ("", "[]", "null", "{", '{"kind": "toString"}', "LMSC1:", '{"kind": "lms-keys"}'):
        assert choose(tab, text) == WORDS["en"]["outcome_file_encoding"]
    assert choose(tab, frozen(issuer="KZ")) == WORDS["en"]["outcome_file_issuer_unknown"]


def test_the_verdict_of_the_last_file_never_stands_beside_the_next(tab: Page) -> None:
    """A guard with a pile of papers must not take the old verdict for the new one's."""
    assert choose(tab, frozen()) == WORDS["en"]["outcome_file_valid"]
    tab.evaluate("() => { FileReader.prototype.readAsText = function () {}; }")
    tab.locator("#signed-file").set_input_files(
        {"name": "next.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    assert tab.locator("#notice").inner_text() == WORDS["en"]["file_reading"]
    assert tab.locator(".verdict").count() == 0

    tab.evaluate("() => { FileReader.prototype.readAsText = function () { this.onerror(); }; }")
    tab.locator("#signed-file").set_input_files(
        {"name": "torn.json", "mimeType": "application/json", "buffer": b"{}"}
    )
    assert tab.locator("#notice").inner_text() == WORDS["en"]["file_unreadable"]
    tab.locator("#text").fill(" ")
    tab.locator("button.main").click()
    assert tab.locator("#notice").inner_text() == WORDS["en"]["empty"]
    assert tab.locator("#result").inner_text() == ""


def test_page_and_command_agree_about_keys(tab: Page) -> None:
    rings = [ring(), ring(withdrawn=MONDAY), ring(valid_until=MONDAY), ring(valid_until=TUESDAY)]
    texts = [
        frozen(),
        frozen(seed=2),
        frozen(at=OPENED - timedelta(days=1)),
        frozen(issuer="KZ"),
        frozen(corrects=None),
        "{}",
    ]
    for keys in rings:
        said = tab.evaluate(
            "([texts, ring]) => texts.map((text) => files.check(text, ring).outcome === 'valid')",
            [texts, json.loads(keys.seal([signer()]))],
        )
        assert said == [rules.verify(text, keys).frozen is not None for text in texts]


def test_its_hashes_agree_with_the_standard(tab: Page) -> None:
    data = bytes(range(256))
    for size in (0, 3, 55, 56, 63, 64, 65, 200):
        hashed = tab.evaluate(
            "(data) => Array.from(ed25519.sha256(new Uint8Array(data)))", list(data[:size])
        )
        assert bytes(hashed) == sha256(data[:size]).digest()
