"""Whatever arrives at whatever address, it is an answer of the page or a refusal, never a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, TypeVar
from urllib.parse import urlencode
from zlib import crc32

import pytest
from flask import Flask, request
from werkzeug.routing import Rule

from lms.web import csrf
from lms.web.form_limits import LONGEST_FIELD, MOST_FIELDS
from lms.web.permissions import LEARN, PUBLIC, permission_of
from tests.web.test_matrix import House, addresses, contents, rules

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MULTIPART = "multipart/form-data; boundary=B"

# Every name that a form, a script or a query of ours uses.
NAMES = (
    "kind", "service_number", "password", "new_password", "present_password", "next", "held_form",
    "seen", "name_latin", "page", "go", "shown", "a.HY-1-001", "a.HY-1-001:claim", "answer", "item",
    "lesson", "section", "seconds", "n", "code", "language", "door", "line", "key",
)  # fmt: skip
VALUES = (
    "\0", "a\0b", "\ufffe", "\u202e", "-1", "0", "9" * 19, "9" * 40, "9" * 5000, "1e309", "NaN",
    "٣", "true", "[]", "{}", "' OR 1=1 --", "%s%n%(x)s", "{{7*7}}", "${7*7}", "<script>", "../../x",
    "//evil.example", "http://[", "a" * 2000, "\r\nSet-Cookie: a=b", "𝟙",
)  # fmt: skip


# Who may not open a page is refused by the same code for all pages, before a view reads what was
# sent: there each of these is tried on one page in so many, and each page with some of them.
ONE_IN = 8

T = TypeVar("T")
Body = tuple[str, str | None, bytes]  # what it is, content type, body


def tried(app: Flask, rule: Rule, who: str, sent: Sequence[T], turn: str = "") -> Sequence[T]:
    """Return what to send to a page: everything where ``who`` may open it."""
    return sent if opens(app, rule, who) else some(rule, who, sent, turn)


def opens(app: Flask, rule: Rule, who: str) -> bool:
    mark = permission_of(app, rule.endpoint)
    return mark is PUBLIC or (mark is LEARN and who != "nobody")


def some(rule: Rule, who: str, sent: Sequence[T], turn: str) -> Sequence[T]:
    return sent[crc32(f"{rule.rule} {who} {turn}".encode()) % ONE_IN :: ONE_IN]


def by_way(way: str, sent: Sequence[Body]) -> tuple[Sequence[Body], Sequence[Body]]:
    """Return what reaches a view with its token sent this ``way``, and what it adds nothing with.

    A form reaches it with its token in a field or in a header, and the view sees no difference.
    Every other body needs the header: without one all pages refuse it by the same code.
    """
    forms = [each for each in sent if each[1] == FORM]
    others = [each for each in sent if each[1] != FORM]
    return (forms, others) if way == "field" else (others, forms)


def part(name: str, value: str, more: str = "") -> str:
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def bodies() -> Iterator[Body]:
    for value in VALUES:
        yield repr(value)[:20], FORM, urlencode(dict.fromkeys(NAMES, value)).encode()
    twice = [(name, value) for name in NAMES for value in ("1", "2", "x")]
    yield "fields repeated", FORM, urlencode(twice).encode()
    for raw in ("%ff%fe", "%c0%80", "%ed%a0%80", "%", "%zz", "\xff"):
        sent = "&".join(f"{name}={raw}" for name in NAMES)
        yield f"bytes {raw}", FORM, sent.encode("latin-1")
    yield "broken pairs", FORM, b"%&%%=%zz&&&===;;;kind"
    yield "too many fields", FORM, b"a=1&" * MOST_FIELDS
    yield "one long field", FORM, b"a=" + b"x" * (LONGEST_FIELD + 1)
    yield "nothing", FORM, b""
    yield "no type", None, b"kind=own"
    yield "another type", "text/plain", b"kind=own"
    yield "a type of nonsense", f'{FORM};;;="', b"kind=own"
    yield "another charset", f"{FORM}; charset=utf-16", b"kind=own"
    yield "xml", "text/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    yield "multipart", MULTIPART, (part("kind", "own") + "--B--\r\n").encode()
    yield "a file", MULTIPART, (part("kind", "x", '; filename="../../x"') + "--B--\r\n").encode()
    yield "half a multipart", MULTIPART, part("kind", "own").encode()
    yield "no boundary", "multipart/form-data", b"--B\r\nx"
    yield "an odd boundary", "multipart/form-data; boundary=é", b"--B\r\nx"
    many = "".join(part(f"x{n}", "1") for n in range(MOST_FIELDS + 1)) + "--B--\r\n"
    yield "too many parts", MULTIPART, many.encode()
    yield "a long part", MULTIPART, (part("x", "x" * LONGEST_FIELD) + "--B--\r\n").encode()
    for text in (
        "",
        "null",
        "[]",
        "0",
        '"x"',
        "{}",
        "{",
        "[" * 3000,
        "9" * 5000,
        "NaN",
        '{"n": 1e999}',
        '{"attempt": null, "person": [], "page": {}, "n": "1"}',
        "\ufeff{}",
    ):
        yield f"json {text[:12]}", JSON, text.encode()
    yield "json in bytes", JSON, b'{"person": "\xff"}'


def test_no_address_holds_a_null(app: Flask) -> None:
    """PostgreSQL takes it in no text, so a filter that is searched for would be a fault."""
    for address in ("/en/?text=%00", "/en/administer/audit?subject=a%00b", "/healthz?%00"):
        assert app.test_client().get(address).status_code == 400


WRONG: tuple[Any, ...] = (
    None, [], {}, "", "\0", "\ud800", -1, 10**30, 1.5, True, [[[]]], {"": 1},
)  # fmt: skip


def envelopes(house: House) -> Iterator[Body]:
    """Yield answers of a script with one value each that cannot be."""
    owner = house.of["owner"]
    good = {
        "attempt": str(owner.open_test),
        "person": "0" * 16,
        "page": "a" * 16,
        "n": 1,
        "seen": 0,
        "item": "HY-1-001",
        "fields": {"": ["x"]},
        "language": "en",
        "claimed": 1,
        "kept": True,
    }
    for name in good:
        for wrong in WRONG:
            sent = json.dumps({**good, name: wrong})
            yield f"json {name} {wrong!r}"[:30], JSON, sent.encode()


@pytest.mark.parametrize(("way", "who"), list(product(["field", "header"], ["nobody", "owner"])))
def test_no_body_is_a_fault_of_ours(house: House, who: str, way: str) -> None:
    token = csrf._token_for("pre-session" if who == "nobody" else house.of[who].person.token)
    sent = list(bodies())
    for rule in rules(house.app, "POST"):
        if rule.endpoint == "accounts.sign_out":
            continue  # who is signed out tries nothing more
        path = next(addresses(house.app, rule, house.of["owner"]))
        more = envelopes(house) if "/answers" in path else ()
        first, others = by_way(way, [*sent, *more])
        first = tried(house.app, rule, who, first, way)
        for what, kind, body in (*first, *some(rule, who, others, way)):
            here = house.app.test_client(use_cookies=False)
            cookie = "pre=pre-session"
            if who != "nobody":
                cookie = f"sid={house.of[who].person.token}"
            headers = {"Cookie": cookie}
            if way == "header":
                headers["X-CSRF-Token"] = token
            elif kind == FORM:
                body += f"&csrf_token={token}".encode()
            reply = here.post(path, data=body, content_type=kind, headers=headers)
            assert reply.status_code < 500, f"{path}: {what}: {reply.status}"
            assert "Traceback" not in reply.text, f"{path}: {what}"


@pytest.mark.parametrize("who", ["nobody", "owner"])
def test_no_query_is_a_fault_of_ours_and_none_is_shown_as_it_is(house: House, who: str) -> None:
    here = house.browser(who)
    for rule in rules(house.app, "GET"):
        path = next(addresses(house.app, rule, house.of.get(who)))
        for value in tried(house.app, rule, who, VALUES):
            reply = here.client.get(f"{path}?{urlencode(dict.fromkeys(NAMES, value))}")
            assert reply.status_code < 500, f"{path}: {value!r}: {reply.status}"
            if value == "<script>" and reply.mimetype == "text/html":
                assert "=<script>" not in reply.text, path
        assert here.client.get(f"{path}?%ff=%fe&%&&=").status_code < 500, path


def test_strange_values_in_addresses_are_not_there(house: House) -> None:
    here = house.browser("owner")
    strange = (
        "%00",
        "%ff",
        "..%2f..",
        "%2e%2e",
        "<script>",
        "'",
        "%0d%0aX:y",
        "a" * 3000,
        "٣",
        " ",
    )
    for rule in rules(house.app, "GET"):
        for name in sorted(rule.arguments - {"language"}):
            for value in strange:
                path = rule.rule
                for argument in rule.arguments:
                    given = "en" if argument == "language" else "x"
                    for kind in ("", "uuid:", "any(en, fr, ar, ru, kk):"):
                        path = path.replace(
                            f"<{kind}{argument}>", value if argument == name else given
                        )
                reply = here.client.get(path)
                assert reply.status_code < 500, f"{path}: {reply.status}"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"a=1&" * MOST_FIELDS + b"kind=own"),
        (FORM, b"kind=own&a=" + b"x" * (LONGEST_FIELD + 1)),
        (FORM, b"kind=own&" + b"x" * (LONGEST_FIELD + 1)),
        (MULTIPART, (part("kind", "own") + part("a", "x" * LONGEST_FIELD) + "--B--").encode()),
        (MULTIPART, (part("a", "1") * (MOST_FIELDS + 1) + "--B--").encode()),
    ],
)
def test_a_form_that_is_too_large_changes_nothing(house: House, kind: str, body: bytes) -> None:
    before = contents(house.app)
    here = house.browser("owner")
    for path in ("/en/this-computer", "/en/courses/kitchen/begin", "/en/password"):
        reply = here.client.post(
            path, data=body, content_type=kind, headers={"X-CSRF-Token": here.csrf_token()}
        )
        assert reply.status_code == 413, path
        assert "What was sent is too large." in reply.text
    assert contents(house.app) == before


def test_a_form_of_the_allowed_size_is_read(app: Flask) -> None:
    fields = {f"f{n}": "ش" for n in range(MOST_FIELDS - 1)} | {"last": "ж" * (LONGEST_FIELD - 4)}
    with app.test_request_context("/en/", method="POST", data=fields):
        assert len(request.form) == MOST_FIELDS
        assert len(request.form["last"]) == LONGEST_FIELD - 4
