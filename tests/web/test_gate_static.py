"""Static files: names by content, compressed once, kept for those who still ask for them."""

from __future__ import annotations

import gzip
import os
import re
import time
from pathlib import Path

import brotli
import pytest

from lms.web import static_files
from lms.web.answers import Answer
from lms.web.static_files import StaticFiles

CSS = b"body { margin-inline: auto }\n" * 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "icons").mkdir(parents=True)
    (folder / "base.css").write_bytes(CSS)
    (folder / "icons" / "tick.svg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "logo.png").write_bytes(b"\x89PNG")
    (folder / ".hidden").write_bytes(b"x")
    return folder


@pytest.fixture
def files(folder: Path, tmp_path: Path) -> StaticFiles:
    return StaticFiles([folder], tmp_path / "cache")


def get(files: StaticFiles, path: str, accept: str = "", known: str = "") -> Answer:
    return files.answer(path, "GET", accept, known)


def test_a_file_is_named_by_its_content(files: StaticFiles) -> None:
    assert re.fullmatch(r"/static/base\.[0-9a-f]{12}\.css", files.url("base.css"))
    assert re.fullmatch(r"/static/icons/tick\.[0-9a-f]{12}\.svg", files.url("icons/tick.svg"))
    for unknown in ("other.css", ".hidden"):
        with pytest.raises(LookupError, match=re.escape(unknown)):
            files.url(unknown)


def test_it_is_served_in_every_encoding_for_ever(files: StaticFiles) -> None:
    url = files.url("base.css")
    plain, br, gz = get(files, url), get(files, url, "gzip, br"), get(files, url, "gzip")
    assert plain.body == brotli.decompress(br.body) == gzip.decompress(gz.body) == CSS
    assert len({answer.header("etag") for answer in (plain, br, gz)}) == 3
    assert (br.header("content-encoding"), plain.header("content-encoding")) == ("br", "")
    for answer in (plain, br, gz):
        assert answer.status == 200
        assert answer.header("cache-control") == "public, max-age=31536000, immutable"
        assert answer.header("content-type") == "text/css; charset=utf-8"
        assert answer.header("content-length") == str(len(answer.body))
        assert answer.header("vary") == "Accept-Encoding"
        assert answer.header("x-content-type-options") == "nosniff"


def inert(answer: Answer) -> bool:
    policy = answer.header("content-security-policy")
    nosniff = answer.header("x-content-type-options") == "nosniff"
    return nosniff and policy == "default-src 'none'; frame-ancestors 'none'"


def test_what_does_not_get_smaller_is_sent_plain(files: StaticFiles) -> None:
    for name in ("logo.png", "icons/tick.svg"):
        answer = get(files, files.url(name), "gzip")
        assert answer.header("content-encoding") == ""
        assert answer.status == 200


def test_an_unknown_kind_is_just_bytes(folder: Path, tmp_path: Path) -> None:
    (folder / "table").write_bytes(b"x")
    files = StaticFiles([folder], tmp_path / "cache")
    assert get(files, files.url("table")).header("content-type") == "application/octet-stream"


def test_who_has_it_gets_a_304(files: StaticFiles) -> None:
    url = files.url("base.css")
    tag = get(files, url, "br").header("etag")
    for known in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        answer = get(files, url, "br", known)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.header("etag") == tag
    assert get(files, url, "gzip", tag).status == 200
    assert get(files, url, "br", '"x"').status == 200


def test_nothing_else_is_there(files: StaticFiles) -> None:
    for path in ("/static/", "/static/base.css", "/static/../static/base.css", "/static/x.css"):
        missing = get(files, path)
        assert missing.status == 404
        assert inert(missing)
    refused = files.answer(files.url("base.css"), "POST", "", "")
    assert refused.status == 405
    assert inert(refused)
    assert get(files, files.url("base.css") + ".br").status == 404
    assert get(files, "/static/current.txt").status == 404
    assert files.answer(files.url("base.css"), "POST", "", "").status == 405


def test_a_folder_named_like_a_file_is_served_as_one(folder: Path, tmp_path: Path) -> None:
    (folder / "site.css").mkdir()
    (folder / "site.css" / "2-parts.css").write_text("b{}")
    (folder / "site.css" / "1-layers.css").write_text("a{}")
    files = StaticFiles([folder], tmp_path / "cache")
    assert get(files, files.url("site.css")).body == b"a{}\nb{}"


def test_a_file_can_be_made_of_others(folder: Path, tmp_path: Path) -> None:
    (folder / "js").mkdir()
    (folder / "js" / "every.js").write_text("a()\nfetch('./more.js')")
    (folder / "js" / "test.js").write_text("b()")
    (folder / "js" / "more.js").write_text("c()")
    files = StaticFiles(
        [folder], tmp_path / "cache", joined={"js/both.js": ("js/every.js", "js/test.js")}
    )
    more = files.url("js/more.js").removeprefix("/static/js/")
    assert get(files, files.url("js/both.js")).body.decode() == f"a()\nfetch('./{more}')\nb()"
    with pytest.raises(KeyError):
        StaticFiles([folder], tmp_path / "cache", joined={"js/both.js": ("js/nothing.js",)})


def test_comments_and_indents_are_not_sent(folder: Path, tmp_path: Path) -> None:
    (folder / "a.js").write_text(
        "// Why.\nrun(() => {\n  // Because.\n  call('//host') / 2;\n});\n"
    )
    (folder / "a.css").write_text("/* Two\nlines. */\na{\n  margin:0} /* here */\nb{}\n")
    (folder / "a.txt").write_text("  // stays\n")
    files = StaticFiles([folder], tmp_path / "cache")
    assert get(files, files.url("a.js")).body == b"run(() => {\ncall('//host') / 2;\n});\n"
    assert get(files, files.url("a.css")).body == b"a{\nmargin:0} b{}\n"
    assert get(files, files.url("a.txt")).body == b"  // stays\n"


def test_references_follow_the_new_names(folder: Path, tmp_path: Path) -> None:
    (folder / "js").mkdir()
    (folder / "js" / "quiz.js").write_text(
        "import { keep } from './keep.js'\nimport './keep.js'\nfetch('./save')\nx('../../out.js')"
    )
    (folder / "js" / "keep.js").write_text("const tick = '../icons/tick.svg'")
    (folder / "top.css").write_text("a { background: url(./icons/tick.svg) }")
    files = StaticFiles([folder], tmp_path / "cache")
    tick = files.url("icons/tick.svg").removeprefix("/static/")
    keep = files.url("js/keep.js").removeprefix("/static/js/")
    assert get(files, files.url("js/keep.js")).body.decode() == f"const tick = '../{tick}'"
    assert get(files, files.url("top.css")).body.decode() == f"a {{ background: url(./{tick}) }}"
    assert get(files, files.url("js/quiz.js")).body.decode() == (
        f"import {{ keep }} from './{keep}'\nimport './{keep}'\nfetch('./save')\nx('../../out.js')"
    )


def test_a_circle_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "a.js").write_text("import './b.js'")
    (folder / "b.js").write_text("import './a.js'")
    with pytest.raises(ValueError, match=re.escape("a.js > b.js > a.js")):
        StaticFiles([folder], tmp_path / "cache")


def test_one_name_in_two_folders_is_a_mistake(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "base.css").write_text("x")
    with pytest.raises(ValueError, match=r"base\.css lies in"):
        StaticFiles([folder, other], tmp_path / "cache")


def test_a_second_start_compresses_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = StaticFiles([folder], tmp_path / "cache")
    monkeypatch.delattr(static_files.StaticFiles, "_make")
    second = StaticFiles([folder], tmp_path / "cache")
    url = first.url("base.css")
    assert second.url("base.css") == url
    for accept in ("", "br", "gzip"):
        assert get(first, url, accept) == get(second, url, accept)


@pytest.mark.parametrize("suffix", ["", ".br", ".gz"])
@pytest.mark.parametrize(
    "damage",
    [b"", b"half", gzip.compress(b"other", mtime=0), brotli.compress(b"o")],
    ids=["empty", "half", "another gzip", "another brotli"],
)
def test_a_damaged_file_is_made_again(
    folder: Path, tmp_path: Path, suffix: str, damage: bytes
) -> None:
    url = StaticFiles([folder], tmp_path / "cache").url("base.css")
    damaged = tmp_path / "cache" / (url.removeprefix("/static/") + suffix)
    damaged.write_bytes(damage)
    files = StaticFiles([folder], tmp_path / "cache")
    assert get(files, url).body == brotli.decompress(get(files, url, "br").body) == CSS
    assert damaged.read_bytes() != damage


def test_earlier_builds_stay_for_90_days(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    old = StaticFiles([folder], cache).url("base.css")
    (folder / "base.css").write_bytes(b"body{}")
    long_ago = time.time() - 200 * 86400
    for file in cache.iterdir():  # it was made long ago, but replaced only now
        os.utime(file, (long_ago, long_ago))
    files = StaticFiles([folder], cache)
    assert files.url("base.css") != old
    assert get(files, files.url("base.css")).body == b"body{}"
    assert brotli.decompress(get(files, old, "br").body) == CSS
    assert get(StaticFiles([folder], cache), old).body == CSS
    for file in cache.glob(old.removeprefix("/static/") + "*"):
        os.utime(file, (long_ago, long_ago))
    assert get(StaticFiles([folder], cache), old).status == 404
    assert not list(cache.glob(old.removeprefix("/static/") + "*"))
    assert get(files, old).status == 404  # gone from under a server that still knew it


def test_a_stray_file_in_the_cache_is_not_served(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "stray.css").write_text("x")
    (tmp_path / "cache" / "stray.0123456789ab.css").write_text("x")
    files = StaticFiles([folder], tmp_path / "cache")
    assert get(files, "/static/stray.css").status == 404
    assert get(files, "/static/stray.0123456789ab.css").status == 404
