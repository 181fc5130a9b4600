"""Compression by what the client takes, and files with their ranges."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest

from lms.web.answers import Answer, best_encoding, compressed, with_file

HTML = ("content-type", "text/html; charset=utf-8")
LONG = b"<p>Every person shall be treated with respect.</p>" * 40


@pytest.mark.parametrize(
    ("accept", "best"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0.8, gzip;q=0.8", "br"),
        ("br ; q=0 , gzip", "gzip"),
        ("br;q=0, gzip;q=0.000", ""),
        ("identity, br;q=0.5", ""),
        ("identity;q=0.2, br;q=0.5", "br"),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("*;q=0", ""),
        ("br;q=much", ""),
        ("br;q=2", ""),
        ("deflate, zstd", ""),
        (",;,", ""),
    ],
)
def test_the_best_encoding_follows_the_weights(accept: str, best: str) -> None:
    assert best_encoding(accept) == best


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "application/json"])
def test_pages_are_compressed_and_say_that_they_vary(kind: str) -> None:
    page = Answer(200, (("content-type", kind), ("vary", "Cookie")), LONG)
    small = compressed(page, "gzip, br", head=False)
    assert small.header("content-encoding") == "br"
    assert brotli.decompress(small.body) == LONG
    assert small.header("vary") == "Cookie, Accept-Encoding"
    older = compressed(page, "gzip", head=False)
    assert older.header("content-encoding") == "gzip"
    assert gzip.decompress(older.body) == LONG
    plain = compressed(page, "", head=False)
    assert plain.body == LONG
    assert plain.header("content-encoding") == ""
    assert plain.header("vary") == "Cookie, Accept-Encoding"


def test_short_pages_are_left_alone() -> None:
    at_the_limit = Answer(200, (HTML,), b"x" * 600)
    assert compressed(at_the_limit, "br", head=False).body == b"x" * 600
    above = Answer(200, (HTML,), b"x" * 601)
    assert compressed(above, "br", head=False).header("content-encoding") == "br"


@pytest.mark.parametrize(
    "headers",
    [(), (("content-type", "image/png"),), (HTML, ("content-encoding", "gzip"))],
)
def test_other_answers_are_left_alone(headers: tuple[tuple[str, str], ...]) -> None:
    answer = Answer(200, headers, LONG)
    assert compressed(answer, "br", head=False) is answer


def test_a_strong_tag_becomes_weak_and_a_weak_one_stays() -> None:
    strong = Answer(200, (HTML, ("etag", '"a"')), LONG)
    assert compressed(strong, "br", head=False).header("etag") == 'W/"a"'
    assert compressed(strong, "", head=False).header("etag") == '"a"'
    weak = Answer(200, (HTML, ("etag", 'W/"a"')), LONG)
    assert compressed(weak, "br", head=False).header("etag") == 'W/"a"'


def test_not_modified_keeps_its_tag_and_varies() -> None:
    answer = compressed(Answer(304, (("etag", 'W/"a"'),)), "br", head=False)
    assert answer == Answer(304, (("etag", 'W/"a"'), ("vary", "Accept-Encoding")))


def test_a_part_of_a_page_is_not_compressed() -> None:
    answer = compressed(Answer(206, (HTML,), LONG), "br", head=False)
    assert answer.body == LONG


def test_head_promises_no_length_that_get_would_not_have() -> None:
    answer = compressed(Answer(200, (HTML, ("content-length", "2000"))), "br", head=True)
    assert answer.header("content-length") == ""
    assert answer.header("vary") == "Accept-Encoding"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "files"
    (root / "a").mkdir(parents=True)
    (root / "a" / "ten.bin").write_bytes(b"0123456789")
    (root / "empty").write_bytes(b"")
    (tmp_path / "secret").write_bytes(b"secret")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "circle").symlink_to(root / "circle")
    return root


def file_answer(name: str, *more: tuple[str, str]) -> Answer:
    return Answer(200, (("content-type", "x/y"), ("x-gate-file", name), *more), b"not sent")


def sent(name: str, root: Path, asked: dict[str, str], *more: tuple[str, str]) -> Answer:
    answer = with_file(file_answer(name, *more), root, asked)
    assert answer is not None
    return answer


def test_a_view_without_a_file_is_left_alone(root: Path) -> None:
    answer = Answer(200, (HTML,), LONG)
    assert with_file(answer, root, {}) is answer


def test_a_file_is_sent_whole_with_the_views_headers(root: Path) -> None:
    answer = sent("a/ten.bin", root, {}, ("etag", '"t"'))
    assert answer.status == 200
    assert answer.file == root / "a" / "ten.bin"
    assert answer.span is None
    assert answer.body == b""
    assert dict(answer.headers) == {
        "content-type": "x/y",
        "etag": '"t"',
        "accept-ranges": "bytes",
        "content-length": "10",
    }
    assert compressed(answer, "br", head=False) is answer


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-9", (0, 10)),
        ("bytes=0-10", (0, 10)),
        ("bytes=9-9", (9, 10)),
        ("bytes=9-", (9, 10)),
        ("bytes=3-4", (3, 5)),
        ("bytes=-1", (9, 10)),
        ("bytes=-10", (0, 10)),
        ("bytes=-999", (0, 10)),
        ("bytes = 2 - 99999999999999999999", (2, 10)),
    ],
)
def test_a_range_is_a_part_up_to_both_ends(root: Path, asked: str, span: tuple[int, int]) -> None:
    answer = sent("a/ten.bin", root, {"range": asked})
    assert (answer.status, answer.span) == (206, span)
    assert answer.header("content-range") == f"bytes {span[0]}-{span[1] - 1}/10"
    assert answer.header("content-length") == str(span[1] - span[0])


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99-100"])
def test_a_range_behind_the_end_is_refused_with_the_size(root: Path, asked: str) -> None:
    answer = sent("a/ten.bin", root, {"range": asked}, ("etag", '"t"'))
    assert answer.status == 416
    assert answer.file is None
    assert answer.header("content-range") == "bytes */10"
    assert answer.header("content-type") == answer.header("etag") == ""


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=--1", "bytes"],
)
def test_what_is_not_one_range_gets_the_whole_file(root: Path, asked: str) -> None:
    answer = sent("a/ten.bin", root, {"range": asked})
    assert (answer.status, answer.span, answer.header("content-length")) == (200, None, "10")


def test_a_range_of_an_older_file_gets_the_whole_new_one(root: Path) -> None:
    more = ("etag", '"t"'), ("last-modified", "Tue, 24 Nov 2026")
    for known, status in (('"t"', 206), ("Tue, 24 Nov 2026", 206), ('"old"', 200)):
        asked = {"range": "bytes=0-1", "if-range": known}
        assert sent("a/ten.bin", root, asked, *more).status == status


def test_a_view_that_says_something_else_than_200_gets_no_range(root: Path) -> None:
    view = Answer(404, (("x-gate-file", "a/ten.bin"),))
    answer = with_file(view, root, {"range": "bytes=0-1"})
    assert answer is not None
    assert (answer.status, answer.span) == (404, None)


def test_an_empty_file_has_no_range(root: Path) -> None:
    whole = sent("empty", root, {})
    assert (whole.status, whole.file, whole.body) == (200, None, b"")
    assert sent("empty", root, {"range": "bytes=0-"}).status == 416


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "a/../../secret",
        "/etc/passwd",
        "link",
        "circle",
        "a",
        ".",
        "a\\..\\..\\secret",
        "missing",
        "ten.bin\0",
        "x" * 5000,
    ],
)
def test_a_path_out_of_the_folder_is_not_there(root: Path, name: str) -> None:
    assert with_file(file_answer(name), root, {}) is None
