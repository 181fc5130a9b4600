"""The page that checks certificates without a network, in a real browser opened from a file."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from lms.certificates import offline_page
from lms.signing import base45, cbor, cose, qr, transcripts, withdrawals
from lms.signing.keys import KeyRing
from lms.signing.transcripts import TRANSCRIPT_SENTENCES
from lms.signing.verify import FAILS, KNOWLEDGE, SENTENCES, Outcome, verify
from lms.signing.withdrawals import WithdrawalList
from tests.certificates import photos
from tests.chromium import PROGRAM, open_chromium
from tests.signing import test_transcripts as sheets
from tests.signing.office import MONDAY, OPENED, TUESDAY, qr_text, ring, signer, withdrawn
from tests.signing.rfc8032 import VECTORS

LANGUAGES = ("en", "fr", "ar", "ru", "kk")
WORDS = json.loads((offline_page.PARTS / "words.json").read_text("utf-8"))
NAMES = {"en": "Prison service", "ar": "الإدارة العامة للسجون"}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}

needs_chromium = pytest.mark.skipif(not PROGRAM.exists(), reason="no Chromium on this machine")


def built(listed: WithdrawalList | None = None, **changes: Any) -> offline_page.OfflinePage:
    text = withdrawals.seal(listed, signer()) if listed else None
    names = changes.pop("names", NAMES)
    return offline_page.build(ring(**changes).seal([signer()]), text, TUESDAY, names)


# ---- The file -------------------------------------------------------------------------------


def test_it_is_one_small_file_that_names_no_other() -> None:
    body = built(withdrawn(*range(0, 20_000, 10))).body

    assert len(body) < 160_000  # 100,000 without reading photos
    text = body.decode()
    assert set(re.findall(r'(?:src|href)="([^"]*)"', text)) == {"data:,"}
    assert not re.search(r"https?:|fetch\(|XMLHttpRequest|WebSocket|import\(|@import|url\(", text)
    assert "crypto" not in text.replace("cryptography", "").replace("crypto.subtle", "")


def test_its_policy_lets_exactly_its_own_script_and_style_run() -> None:
    page = built()
    body = page.body.decode()
    script = re.findall(r"<script>(.*?)</script>", body, re.DOTALL)
    style = re.findall(r"<style>(.*?)</style>", body, re.DOTALL)

    for kind, (text,) in (("script", script), ("style", style)):
        digest = base64.b64encode(sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page.csp
    assert page.csp.startswith("default-src 'none'; ")
    assert page.csp.endswith("; frame-ancestors 'none'")
    meta = re.search(r'Content-Security-Policy" content="([^"]*)"', body)
    assert meta is not None
    assert page.csp == f"{meta[1]}; frame-ancestors 'none'"
    assert " style=" not in body
    assert not re.search(r"\son\w+=", re.sub(r"<script.*?</script>", "", body, flags=re.DOTALL))


def test_it_speaks_five_languages_with_the_same_sentences_and_values() -> None:
    assert set(WORDS) == set(LANGUAGES)
    for language in LANGUAGES:
        assert set(WORDS[language]) == set(WORDS["en"]), language
        for key, sentence in WORDS[language].items():
            assert sentence.strip(), (language, key)
            values = re.findall(r"%\(\w+\)s", sentence)
            assert sorted(values) == sorted(re.findall(r"%\(\w+\)s", WORDS["en"][key]))


def test_it_says_the_same_as_the_command() -> None:
    for outcome, sentence in SENTENCES.items():
        assert WORDS["en"][f"outcome_{outcome}"] == sentence
    assert WORDS["en"]["knowledge"] == KNOWLEDGE


def test_it_says_the_same_as_the_command_of_training_records() -> None:
    for outcome, sentence in TRANSCRIPT_SENTENCES.items():
        own = WORDS["en"].get(f"outcome_record_{outcome}")
        assert (own or WORDS["en"][f"outcome_{outcome}"]) == sentence
    said = {outcome for outcome in Outcome if f"outcome_record_{outcome}" in WORDS["en"]}
    assert said <= set(TRANSCRIPT_SENTENCES)
    for language in LANGUAGES:
        own_words = [WORDS[language][f"outcome_record_{outcome}"] for outcome in said]
        assert len(set(own_words)) == len(said), language


def test_every_failure_has_its_own_sentence_in_every_language() -> None:
    for language in LANGUAGES:
        sentences = {WORDS[language][f"outcome_{outcome}"] for outcome in Outcome}
        assert len(sentences) == len(Outcome), language


def test_it_stops_at_the_same_checks_as_the_command() -> None:
    script = (offline_page.PARTS / "page.js").read_text("utf-8")
    table = re.search(r"STOPS_AT = \{(.*?)\}", script, re.DOTALL)
    assert table is not None
    assert dict(re.findall(r"(\w+): \"(\w+)\"", table[1])) == {
        str(k): str(v) for k, v in FAILS.items()
    }


def test_its_style_has_no_left_and_right() -> None:
    style = (offline_page.PARTS / "verify.css").read_text("utf-8")
    assert not re.search(r"[\s-](left|right)\b", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))


def test_a_file_that_is_no_key_list_is_refused_at_the_office() -> None:
    with pytest.raises(Exception, match="This file is not"):
        offline_page.build("{}", None, TUESDAY, NAMES)


CHECK = "(all) => ed25519.verify(...all.map((bytes) => new Uint8Array(bytes)))"


# ---- The browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


class Guard:
    """Opens the page as a guard does: from a file, with a watch on whatever it asks for."""

    def __init__(self, chromium: Browser, folder: Path) -> None:
        self.chromium, self.folder = chromium, folder
        self.asked: list[str] = []
        self.said: list[str] = []

    def open(
        self, page: offline_page.OfflinePage, *, now: datetime = TUESDAY, **settings: Any
    ) -> Page:
        path = self.folder / "verify.html"
        path.write_bytes(page.body)
        tab = self.chromium.new_page(**settings)
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.on("console", lambda message: self.said.append(message.text))
        tab.on("pageerror", lambda error: self.said.append(str(error)))
        tab.clock.set_fixed_time(now)
        tab.goto(path.as_uri())
        return tab


@pytest.fixture
def guard(chromium: Browser, tmp_path: Path) -> Iterator[Guard]:
    guard = Guard(chromium, tmp_path)
    yield guard
    for context in chromium.contexts:
        context.close()
    assert [url for url in guard.asked if not url.startswith(("file:", "data:image/"))] == []
    assert len([url for url in guard.asked if url.startswith("file:")]) <= 1
    assert guard.said == []


def scan(tab: Page, text: str) -> str:
    """Do what a hand scanner does, and return the verdict's sentence without its marks."""
    tab.locator("#text").focus()
    tab.keyboard.insert_text(text)
    tab.keyboard.press("Enter")
    said = tab.locator(".verdict > span").text_content() or ""
    return said.replace("\u2066", "").replace("\u2069", "")


@pytest.mark.browser
@needs_chromium
def test_signatures_and_hashes_agree_with_the_standard(guard: Guard) -> None:
    tab = guard.open(built())
    for public, message, signature in VECTORS:
        assert tab.evaluate(CHECK, [list(public), list(signature), list(message)])
        assert not tab.evaluate(CHECK, [list(public), list(signature), [*message, 1]])
        for place in (0, 31, 32, 63):
            broken = bytearray(signature)
            broken[place] ^= 1
            assert not tab.evaluate(CHECK, [list(public), list(broken), list(message)])

    hashed = "(data) => Array.from(ed25519.sha512(new Uint8Array(data)))"
    for size in (0, 3, 111, 112, 127, 128, 129, 300):
        data = bytes(range(256)) * 2
        assert bytes(tab.evaluate(hashed, list(data[:size]))) == sha512(data[:size]).digest()


@pytest.mark.browser
@needs_chromium
def test_a_signature_with_the_order_added_is_refused(guard: Guard) -> None:
    """S + L verifies as well where S is not checked to be below L (RFC 8032 section 5.1.7)."""
    tab = guard.open(built())
    order = 2**252 + 27742317777372353535851937790883648493
    public, message, signature = VECTORS[1]
    scalar = int.from_bytes(signature[32:], "little") + order
    forged = signature[:32] + scalar.to_bytes(32, "little")

    assert not tab.evaluate(CHECK, [list(public), list(forged), list(message)])


def texts() -> list[str]:
    """Return good texts and every kind of bad one, the same on each run."""
    chance = random.Random(45)
    good = qr_text()
    message = base45.decode(good.removeprefix("LMSC1:"))
    found = [
        good,
        good.lower(),
        f" {good}\r\n",
        good[:40] + "\n" + good[40:],
        "",
        "LMSC1:",
        "LMSC1",
        "LMSW1:00",
        "https://lms.example/v/2345",
        "ДЬЫС1Ж",
        "L?SC&M",
        "LMSC1:é",
        "LMSC1:" + "0" * 2000,
        qr_text(seed=2),
        qr_text(issuer="KZ"),
        qr_text(issued_at=OPENED - timedelta(days=3)),
        qr_text(issued_at=TUESDAY + timedelta(days=3)),
        qr_text(valid_through=date(2026, 11, 23)),
        qr_text(valid_through=TUESDAY.date()),
        qr_text(valid_through=None),
        qr_text(status_index=77),
        qr_text(status_list=2),
        qr_text(hours=0.25, names=("Ә Ғ Қ Ң Ө Ұ Ү Һ І",)),
        qr.text_of(b"\xd8\x3d" + message),
        qr.text_of(message + b"\0"),
    ]
    claims: dict[int, Any] = cbor.unpack(cose.read(message).payload)
    paper = claims[-70001]
    strange: list[Any] = [
        "hello",
        [],
        {**claims, 5: 1},
        {**claims, 6: 1.5},
        {**claims, 6: -1},
        {**claims, 6: 2**60},
        {**claims, 7: b"short"},
        {**claims, 4: "soon"},
        {key: value for key, value in claims.items() if key != 1},
    ]
    changes: list[dict[int, Any]] = [
        {1: []},
        {1: "x"},
        {1: ["a"] * 4},
        {1: [7]},
        {3: None},
        {11: "new"},
        {5: "2026-02-30"},
        {5: "22.11.2026"},
        {7: [1]},
        {7: [1, -1]},
        {6: 0},
        {6: True},
        {6: 1.0},
        {6: 0.1},
        {6: 500.5},
    ]
    for change in changes:
        strange.append({**claims, -70001: {**paper, **change}})
    found += [qr.text_of(cose.sign(cbor.pack(value), signer())) for value in strange]
    loose = cbor.pack(claims).replace(b"\x66", b"\x78\x06", 1)
    found.append(qr.text_of(cose.sign(loose, signer())))
    for _ in range(150):
        broken = bytearray(message)
        broken[chance.randrange(len(broken))] ^= chance.randrange(1, 256)
        found.append(qr.text_of(bytes(broken)))
    for _ in range(60):
        place = chance.randrange(len(good))
        found.append(good[:place] + chance.choice(base45.ALPHABET + "aé") + good[place + 1 :])
    for _ in range(40):
        found.append(good[: chance.randrange(len(good))])
    for place in range(30):  # the shape of the message lies in its first bytes
        broken = bytearray(message)
        broken[place] ^= 1 << chance.randrange(8)
        found.append(qr.text_of(bytes(broken)))
    return found


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("listed", [withdrawn(77), None])
def test_page_and_command_reach_the_same_outcome_for_every_text(
    guard: Guard, listed: WithdrawalList | None
) -> None:
    tab = guard.open(built())
    found = texts()
    sealed = withdrawals.seal(listed, signer()) if listed else None
    said = tab.evaluate(
        """([texts, sealed, now]) => {
          const ring = JSON.parse(document.getElementById("ring").textContent);
          const list = sealed ? checker.readWithdrawals(sealed, ring).list : null;
          return texts.map((text) => checker.verify(text, ring, list, now).outcome);
        }""",
        [found, sealed, int(TUESDAY.timestamp() * 1000)],
    )
    expected = [str(verify(text, ring(), listed, TUESDAY).outcome) for text in found]

    assert [(t, s, e) for t, s, e in zip(found, said, expected, strict=True) if s != e] == []
    assert len(set(expected)) >= (10 if listed else 9)


def transcript_texts() -> list[str]:
    """Return training records, good and bad ones of every kind, the same on each run."""
    chance = random.Random(46)
    good = sheets.signed()
    message = base45.decode(good.removeprefix(transcripts.PREFIX))
    found = [
        good,
        good.lower(),
        f" {good}\n",
        "LMST1:",
        "LMST1:" + "0" * 3000,
        sheets.signed(seed=2),
        sheets.signed(issuer="KZ"),
        sheets.signed(signed=OPENED - timedelta(days=3)),
        sheets.signed(signed=TUESDAY + timedelta(days=3)),
        sheets.signed(lines=()),
        "LMST1:" + qr_text().removeprefix("LMSC1:"),
    ]
    claims: dict[int, Any] = sheets.CLAIMS
    line = sheets.LINE
    strange: list[Any] = [
        "hello",
        [],
        {**claims, 5: 1},
        {**claims, 6: 1.5},
        {**claims, 6: -1},
        {**claims, 6: 2**60},
        {**claims, 6: True},
        {1: "TN-CGPR", 6: 1},
    ]
    changes: list[dict[int, Any]] = [
        {6: 1},
        {1: "x"},
        {1: []},
        {1: [1]},
        {2: "2026-02-30"},
        {2: ""},
        {3: [1]},
        {3: [2, 1]},
        {3: [0, 1]},
        {3: [1, 101]},
        {3: [True, 1]},
        {4: "x"},
        {4: [line[:6]]},
        {4: [[*line, 1]]},
        {4: [line] * 21},
        {5: 1},
        {4: [[*line[:2], "failed", *line[3:]]]},
        {4: [[*line[:3], "soon", *line[4:]]]},
        {4: [[*line[:4], True, *line[5:]]]},
        {4: [[*line[:4], 1001, *line[5:]]]},
        {4: [[*line[:5], -2, ""]]},
        {4: [[*line[:5], 101, ""]]},
        {4: [[*line[:5], 1.5, ""]]},
        {4: [[1, *line[1:]]]},
        {4: [[*line[:4], 1.0, *line[5:]]]},
    ]
    strange += [{**claims, -70004: {**claims[-70004], **change}} for change in changes]
    found += [sheets.claims_signed(value) for value in strange]
    for _ in range(80):
        broken = bytearray(message)
        broken[chance.randrange(len(broken))] ^= chance.randrange(1, 256)
        found.append(transcripts.text_of(bytes(broken)))
    found += [good[: chance.randrange(6, len(good))] for _ in range(30)]
    return found


@pytest.mark.browser
@needs_chromium
def test_page_and_command_agree_about_every_training_record(guard: Guard) -> None:
    tab = guard.open(built())
    rings = [ring(), ring(withdrawn=MONDAY), ring(valid_until=MONDAY)]
    outcomes = set()
    for keys in rings:
        said = tab.evaluate(
            """([texts, ring, now]) => texts.map(
                 (text) => checker.verifyTranscript(text, ring, now).outcome)""",
            [
                transcript_texts(),
                json.loads(keys.seal([signer()])),
                int(TUESDAY.timestamp() * 1000),
            ],
        )
        expected = [
            str(transcripts.verify(each, keys, TUESDAY).outcome) for each in transcript_texts()
        ]
        assert said == expected
        outcomes.update(expected)
    assert outcomes == {str(outcome) for outcome in TRANSCRIPT_SENTENCES}


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scanned_training_record_says_what_it_is(guard: Guard, language: str) -> None:
    tab = guard.open(built(withdrawn(3)), viewport=NARROW)
    tab.locator(f"[data-language={language}]").click()
    said = scan(tab, sheets.signed())
    assert said == WORDS[language]["outcome_record_valid"].replace("%(day)s", "2026-11-23")
    shown = tab.locator("#result").inner_text().replace("\u2066", "").replace("\u2069", "")
    for field in (
        "أمينة بن صالح",
        "Amina Ben Salah",
        "2026-11-23",
        "C01",
        "1.0",
        "2026-11-22",
        "3.5",
        "92 %",
        "TN-2026-00417",
        WORDS[language]["state_begun"],
        WORDS[language]["course_unnamed"],
        WORDS[language]["check_record"],
    ):
        assert field in shown, field
    assert tab.locator(".checks li").count() == tab.locator(".checks .passed").count() == 5
    assert tab.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert scan(tab, qr_text()) == WORDS[language]["outcome_valid"]
    assert tab.locator(".checks li").count() == 6
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@needs_chromium
def test_a_changed_training_record_is_refused(guard: Guard) -> None:
    tab = guard.open(built())
    assert "issuer is not known" in scan(tab, sheets.signed(seed=2))
    assert "record may be genuine" in scan(tab, sheets.signed(seed=2))
    assert tab.locator("ol").count() == 0
    assert "not a certificate that can be read" in scan(
        tab, "LMSC1:" + sheets.signed().removeprefix("LMST1:")
    )
    assert "not a training record that can be read" in scan(
        tab, "LMST1:" + qr_text().removeprefix("LMSC1:")
    )


@pytest.mark.browser
@needs_chromium
def test_page_and_command_agree_about_keys_and_clocks(guard: Guard) -> None:
    early = MONDAY - timedelta(days=3)
    rings: list[tuple[KeyRing, datetime, Outcome]] = [
        (ring(withdrawn=MONDAY), TUESDAY, Outcome.KEY_WITHDRAWN),
        (ring(valid_until=MONDAY), TUESDAY, Outcome.KEY_NOT_IN_USE),
        (ring(valid_until=TUESDAY), TUESDAY, Outcome.VALID),
        (ring(), early, Outcome.CLOCK),
    ]
    tab = guard.open(built())
    for keys, now, outcome in rings:
        assert verify(qr_text(), keys, withdrawn(), now).outcome is outcome
        said = tab.evaluate(
            """([text, ring, dated, now]) => checker.verify(
              text, ring, {issuer: "TN-CGPR", dated, lists: {1: {}}}, now).outcome""",
            [
                qr_text(),
                json.loads(keys.seal([signer()])),
                int(MONDAY.timestamp() * 1000),
                int(now.timestamp() * 1000),
            ],
        )
        assert said == outcome


@pytest.mark.browser
@needs_chromium
def test_a_scanned_certificate_shows_every_printed_field_and_check(guard: Guard) -> None:
    tab = guard.open(built(withdrawn(3)))

    assert scan(tab, qr_text()) == "The certificate is genuine and valid."
    shown = tab.locator("#result").inner_text().replace("\u2066", "").replace("\u2069", "")
    for field in (
        "أمينة بن صالح",
        "Amina Ben Salah",
        "The Nelson Mandela Rules in daily work",
        "1.0",
        "2026-11-22",
        "2029-11-23",
        "6.5",
        "TN-2026-00417",
        "2345-6789-CFGV",
        "Prison service",
        "List dated 2026-11-23; withdrawals after that day are not known here.",
    ):
        assert field in shown
    assert tab.locator(".checks .passed").count() == 6


@pytest.mark.browser
@needs_chromium
def test_the_next_scan_replaces_the_last(guard: Guard) -> None:
    tab = guard.open(built(withdrawn(77)))

    scan(tab, qr_text())
    assert "withdrew this certificate" in scan(tab, qr_text(status_index=77))
    assert "issuer is not known here" in scan(tab, qr_text(seed=2))
    assert tab.locator("dl").count() == 0
    assert "switch the keyboard" in scan(tab, "ДЬЫС1Ж6BF")


@pytest.mark.browser
@needs_chromium
def test_a_newer_list_is_taken_and_an_older_one_is_not(guard: Guard, tmp_path: Path) -> None:
    tab = guard.open(built(withdrawn(dated=MONDAY)))
    assert "genuine and valid" in scan(tab, qr_text())

    newer = tmp_path / "list.txt"
    newer.write_text(withdrawals.seal(withdrawn(4711, dated=TUESDAY), signer()))
    tab.locator("#list-file").set_input_files(newer)
    tab.locator("#notice:not([hidden])").wait_for()
    assert "is now in use" in tab.locator("#notice").inner_text()
    assert "withdrew this certificate" in scan(tab, qr_text())

    tab.locator("#text").fill(withdrawals.seal(withdrawn(dated=MONDAY), signer()))
    tab.locator("button.main").click()
    assert "older than the one in use" in tab.locator("#notice").inner_text()
    assert "withdrew this certificate" in scan(tab, qr_text())


@pytest.mark.browser
@needs_chromium
def test_a_list_that_the_issuer_did_not_sign_is_refused_with_the_reason(guard: Guard) -> None:
    tab = guard.open(built())
    good = withdrawals.seal(withdrawn(5), signer())
    other = WithdrawalList("KZ", MONDAY, {})
    for text, key in (
        (withdrawals.seal(withdrawn(5), signer(2)), "list_unknown"),
        (good[:-10], "list_damaged"),
        (good[:60] + ("0" if good[60] != "0" else "1") + good[61:], "list_changed"),
        (withdrawals.seal(other, signer()), "list_other"),
        (qr_text().replace("LMSC1:", "LMSW1:"), "list_not"),
    ):
        tab.locator("#text").fill(text)
        tab.locator("button.main").click()
        assert tab.locator("#notice").inner_text() == WORDS["en"][key], key
    assert tab.locator("#list-state").inner_text() == WORDS["en"]["list_none"]


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_and_fits_a_small_screen(
    guard: Guard, language: str
) -> None:
    tab = guard.open(built(withdrawn(77)), viewport=NARROW)
    tab.locator(f"[data-language={language}]").click()

    for text in (qr_text(), qr_text(status_index=77), qr_text(valid_through=date(2026, 11, 1))):
        scan(tab, text)
        assert tab.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert tab.locator("html").get_attribute("lang") == language
    assert tab.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert tab.locator("h1").inner_text() == WORDS[language]["title"]
    assert scan(tab, qr_text()) == WORDS[language]["outcome_valid"]


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_it_is_accessible_in_both_directions_and_themes(
    guard: Guard, language: str, colours: str
) -> None:
    tab = guard.open(built(withdrawn(77)), viewport=WIDE, color_scheme=colours)
    tab.locator(f"[data-language={language}]").click()
    for text in (qr_text(), qr_text(status_index=77), "LMSC1:00", qr_text(seed=2)):
        scan(tab, text)
        found = Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@needs_chromium
def test_names_are_text_and_never_markup(guard: Guard) -> None:
    nasty = "</script><script>document.title='x'</script><img src=x>{{script}}"
    tab = guard.open(built(withdrawn(), names={"en": nasty}))

    scan(tab, qr_text(names=("<b>Amina</b>",)))
    assert tab.locator("#organisation").inner_text() == nasty
    assert "<b>Amina</b>" in tab.locator("dl").first.inner_text()
    assert tab.title() == WORDS["en"]["title"]


@pytest.mark.browser
@needs_chromium
def test_a_photo_of_the_print_is_read_and_judged(guard: Guard, tmp_path: Path) -> None:
    tab = guard.open(built(withdrawn()))
    text = qr_text()
    taken = tmp_path / "photo.jpg"
    photos.taken([text, "HTTPS://LEARN.EXAMPLE/V/7K3M9QTR2XWP"], turned=-8, tilted=0.1).save(taken)

    tab.locator("#photo-file").set_input_files(taken)
    tab.locator(".verdict").wait_for()
    assert tab.locator("#text").input_value() == text
    assert (tab.locator(".verdict > span").text_content() or "").startswith(
        "The certificate is genuine"
    )


@pytest.mark.browser
@needs_chromium
def test_a_photo_without_a_code_and_a_file_that_is_no_photo_say_so(
    guard: Guard, tmp_path: Path
) -> None:
    tab = guard.open(built())
    empty, none = tmp_path / "wall.png", tmp_path / "list.txt"
    photos.wall().save(empty)
    none.write_text("no picture")

    for file in (empty, none):
        tab.locator("#photo-file").set_input_files(file)
        tab.get_by_text(WORDS["en"]["photo_nothing"]).wait_for()
        assert tab.locator("#text").input_value() == ""
        assert tab.locator(".verdict").count() == 0
        tab.evaluate("document.getElementById('notice').textContent = ''")


@pytest.mark.browser
@needs_chromium
def test_without_scripts_it_says_what_to_do_instead(guard: Guard) -> None:
    tab = guard.open(built(), java_script_enabled=False)

    assert "switched off" in tab.locator("noscript").inner_text()
    assert tab.locator("h1").inner_text() == "Check a certificate"


@pytest.mark.browser
@needs_chromium
def test_it_shows_its_own_date_and_the_keys_it_trusts(guard: Guard) -> None:
    tab = guard.open(built())

    assert "2026-11-24" in tab.locator("#made").inner_text()
    kid = signer().kid.hex()
    assert tab.locator("#keys").inner_text().replace(" ", "") == kid
