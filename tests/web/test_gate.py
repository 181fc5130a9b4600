"""The gate against a wire that the test holds in its hands."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lms.web import headers as page_headers
from lms.web import own_pages, wsgi_call
from lms.web.gate import Gate
from lms.web.gate_settings import GateSettings
from lms.web.static_files import StaticFiles
from tests.web import gate_probe
from tests.web.gate_fakes import Scope, Wire

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Gate]:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "site.css").write_text("body{}")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "f").write_bytes(gate_probe.FILE)

    def build(
        application: WSGIApplication = gate_probe.application,
        limits: dict[str, Any] | None = None,
        **more: Any,
    ) -> Gate:
        return Gate(
            application,
            static=StaticFiles([tmp_path / "static"], tmp_path / "cache"),
            settings=GateSettings(**({"linger": 0.01} | (limits or {}))),
            file_root=tmp_path / "files",
            **more,
        )

    return build


def answer(gate: Gate, scope: Scope, wire: Wire | None = None) -> Wire:
    wire = wire or Wire()
    asyncio.run(gate.__rsgi__(scope, wire))
    return wire


def post(size: int, path: str = "/echo", *more: tuple[str, str]) -> Scope:
    return Scope(path, "POST", pairs=[("content-length", str(size)), *more])


def test_a_page_goes_through_unchanged(make: Callable[..., Gate]) -> None:
    wire = answer(make(), Scope("/page"))
    assert (wire.status, wire.body) == (200, gate_probe.PAGE)
    assert wire.headers["server"] == "lms"
    assert "content-length" not in wire.headers


def test_a_static_file_never_reaches_the_application(make: Callable[..., Gate]) -> None:
    def never(env: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        raise AssertionError

    gate = make(never)
    url = StaticFiles([], Path("nowhere")).prefix
    assert answer(gate, Scope(url + "x.css")).status == 404
    wire = answer(gate, Scope(gate._static.url("site.css"), "HEAD"))
    assert (wire.status, wire.body, wire.headers["content-length"]) == (200, b"", "6")


@pytest.mark.parametrize("path", ["", "*", "host:80", "/a\0b"])
def test_what_is_not_a_path_is_refused(make: Callable[..., Gate], path: str) -> None:
    wire = answer(make(), Scope(path))
    assert (wire.status, wire.body) == (400, b"Bad Request\n")
    assert wire.headers["connection"] == "close"


def test_own_pages_carry_the_headers_of_all_pages(make: Callable[..., Gate]) -> None:
    wire = answer(make(), Scope("/fail"))
    assert wire.status == 500
    assert wire.headers["content-security-policy"] == own_pages.POLICY
    fixed = {name.lower(): value for name, value in page_headers.FIXED.items()}
    own = dict(own_pages.HEADERS)
    assert own["cache-control"] == "no-store"
    assert {name: fixed[name] for name in own if name in fixed}.items() <= wire.headers.items()
    assert {"referrer-policy", "x-content-type-options"} <= own.keys() & fixed.keys()


def test_an_error_of_the_application_is_a_page_in_the_language_of_the_path(
    make: Callable[..., Gate],
) -> None:
    def fail(env: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        raise RuntimeError

    gate = make(fail, refusal_page=lambda status, language: f"{status} {language}".encode())
    wire = answer(gate, Scope("/ar/courses"))
    assert (wire.status, wire.body) == (500, b"500 ar")
    assert wire.headers["content-type"] == "text/html; charset=utf-8"


def test_a_page_of_our_own_that_fails_is_plain_text(make: Callable[..., Gate]) -> None:
    def fail(status: int, language: str) -> bytes:
        raise RuntimeError

    wire = answer(make(refusal_page=fail), Scope("/fail"))
    assert (wire.status, wire.body) == (500, b"Internal Server Error\n")
    assert wire.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_body_is_whole_and_can_be_read_twice(make: Callable[..., Gate]) -> None:
    wire = answer(make(), post(7), Wire([b"abc", b"defg"]))
    facts = json.loads(wire.body)
    assert (facts["body"], facts["again"], facts["CONTENT_LENGTH"]) == (7, 7, "7")


def test_a_large_body_lies_in_a_file(make: Callable[..., Gate], tmp_path: Path) -> None:
    seen: list[object] = []

    def look(env: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        seen.append(env["wsgi.input"])
        seen.append(env["wsgi.input"].read())
        start("200 OK", [])
        return []

    gate = make(look, {"file_above": 4, "body_folder": tmp_path})
    assert answer(gate, post(5), Wire([b"abc", b"de"])).status == 200
    assert not isinstance(seen[0], io.BytesIO)
    assert seen[1] == b"abcde"
    assert answer(gate, post(4), Wire([b"abcd"])).status == 200
    assert isinstance(seen[2], io.BytesIO)
    assert seen[2].closed


def test_a_body_that_cannot_be_kept_is_refused_with_the_reason(
    make: Callable[..., Gate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(asyncio, "to_thread", full)
    gate = make(limits={"file_above": 1})
    assert answer(gate, post(5), Wire([b"abcde"])).status == 507
    gate = make(limits={"file_above": 1, "body_folder": tmp_path / "missing"})
    assert answer(gate, post(5), Wire([b"abcde"])).status == 507


def test_a_large_upload_on_a_full_disk_is_refused_before_a_byte_is_read(
    make: Callable[..., Gate],
) -> None:
    asked: list[int] = []

    def has_room(size: int) -> bool:
        asked.append(size)
        return False

    limits = {"upload_limits": {"/*/up": 20}, "file_above": 4, "has_room": has_room}
    gate = make(limits=limits)
    wire = Wire([b"abcde"])
    assert answer(gate, post(5, path="/echo/up"), wire).status == 507
    assert asked == [10]
    # The application says it of a small one, in words of its own; answers of a test go on.
    assert answer(gate, post(4, path="/echo/up"), Wire([b"abcd"])).status == 200
    assert answer(gate, post(5), Wire([b"abcde"])).status == 200
    assert asked == [10]


def test_too_large_is_413_before_a_byte_is_read(make: Callable[..., Gate]) -> None:
    gate = make(limits={"body_limit": 10, "upload_limits": {"/*/import/": 20, "/up": 5}})
    for size, path, status in (
        (10, "/echo", 200),
        (11, "/echo", 413),
        (20, "/echo/import", 200),
        (20, "/echo/import/more", 200),
        (21, "/echo/import", 413),
        (11, "/echo/imports", 413),
        (6, "/up", 413),
        (11, "/", 413),
    ):
        wire = answer(gate, post(size, path), Wire([b"x" * size]))
        assert (path, wire.status) == (path, status)


def test_without_a_length_there_is_no_body(make: Callable[..., Gate]) -> None:
    chunked = Scope("/echo", "POST", pairs=[("transfer-encoding", "chunked")])
    assert answer(make(), chunked, Wire([b"abc"])).status == 411


def test_a_larger_body_needs_a_live_session(make: Callable[..., Gate]) -> None:
    asked: list[str] = []

    def live(cookie: str) -> bool:
        asked.append(cookie)
        return cookie == "session=live"

    gate = make(limits={"session_above": 4}, live_session=live)
    assert answer(gate, post(4), Wire([b"abcd"])).status == 200
    assert asked == []
    assert answer(gate, post(5), Wire([b"abcde"])).status == 413
    known = post(5, "/echo", ("cookie", "session=live"))
    assert answer(gate, known, Wire([b"abcde"])).status == 200
    assert asked == ["", "session=live"]
    assert answer(make(limits={"session_above": 4}), known, Wire([b"abcde"])).status == 413


def test_a_silent_client_gets_408(make: Callable[..., Gate]) -> None:
    gate = make(limits={"idle_timeout": 0.02})
    wire = answer(gate, post(4), Wire([b"ab", None]))
    assert (wire.status, wire.headers["connection"]) == (408, "close")


@pytest.mark.parametrize(("path", "status"), [("/echo", 408), ("/up", 404)])
def test_a_dripping_client_gets_408_in_the_end(
    make: Callable[..., Gate], path: str, status: int
) -> None:
    class Drip(Wire):
        async def _next(self) -> bytes:
            await asyncio.sleep(0.02)
            return b"x"

    gate = make(limits={"total_timeout": 0.07, "upload_limits": {"/up": 99}})
    assert answer(gate, post(6, path), Drip()).status == status


def test_a_client_that_leaves_in_the_middle_frees_its_place(make: Callable[..., Gate]) -> None:
    gate = make(limits={"bodies_in_all": 1})
    assert answer(gate, post(4), Wire([b"ab", b""])).status == 400
    assert answer(gate, post(4), Wire([b"ab"])).status == 400
    assert answer(gate, post(4), Wire(error=RuntimeError("transport closed"))).status == 500
    assert answer(gate, post(4), Wire([b"abcd"])).status == 200


def together(gate: Gate, *pairs: tuple[Scope, Wire]) -> None:
    async def run() -> None:
        await asyncio.gather(*(gate.__rsgi__(scope, wire) for scope, wire in pairs))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("limits", "statuses"),
    [
        ({"bodies_per_address": 1}, [408, 503, 408]),
        ({"bytes_per_address": 7}, [408, 503, 408]),
        ({"bodies_in_all": 1}, [408, 503, 503]),
        ({"bytes_in_all": 8}, [408, 408, 503]),
    ],
)
def test_open_bodies_are_counted_by_address_and_in_all(
    make: Callable[..., Gate], limits: dict[str, int], statuses: list[int]
) -> None:
    gate = make(limits={"idle_timeout": 0.1, "retry_after": 7, **limits})
    wires = [Wire([None]) for _ in range(3)]
    scopes = [post(4), post(4), post(4)]
    scopes[2].client = "10.0.0.8:1"
    together(gate, *zip(scopes, wires, strict=True))
    assert [wire.status for wire in wires] == statuses
    assert all(wire.headers["retry-after"] == "7" for wire in wires if wire.status == 503)
    assert answer(gate, post(4), Wire([b"abcd"])).status == 200
    assert not gate._bodies._number[None]
    assert set(gate._bodies._number) == {None}


def test_behind_our_proxy_addresses_are_those_that_it_saw(make: Callable[..., Gate]) -> None:
    gate = make(limits={"idle_timeout": 0.1, "bodies_per_address": 1, "trusted_proxies": 1})
    wires = [Wire([None]) for _ in range(3)]
    scopes = [post(4, "/echo", ("x-forwarded-for", f"6.6.6.6, 10.9.0.{n}")) for n in (1, 2, 2)]
    together(gate, *zip(scopes, wires, strict=True))
    assert [wire.status for wire in wires] == [408, 408, 503]


def test_a_stop_ends_the_waiting_for_bodies(make: Callable[..., Gate]) -> None:
    gate = make(limits={"linger": 60})
    wire = Wire([b"a", None, None])

    async def run() -> None:
        request = asyncio.create_task(gate.__rsgi__(post(4), wire))
        await asyncio.sleep(0.02)
        gate.stop_reading()
        await asyncio.wait_for(request, 60)

    asyncio.run(run())
    assert (wire.status, wire.headers["retry-after"]) == (503, "3")


class Doors:
    """An application whose requests wait until the test lets them go."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.came: list[str] = []

    def __call__(self, env: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        self.came.append(env["PATH_INFO"])
        if not env["PATH_INFO"].startswith("/free"):
            assert self.open.wait(60)
        start("200 OK", [])
        return [b"done"]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


def test_a_full_sign_in_queue_keeps_the_number_and_pages_go_on(make: Callable[..., Gate]) -> None:
    doors = Doors()
    gate = make(
        doors,
        {"sign_in_threads": 1, "sign_in_waiting": 1},
        busy_page=lambda language, form: f"<p>{language} {form.decode()}".encode(),
    )
    form = b"number=417"
    wires = [Wire([form]) for _ in range(3)]
    page = Wire()

    async def run() -> None:
        sent = [
            asyncio.create_task(gate.__rsgi__(post(len(form), "/kk/sign-in"), wire))
            for wire in wires
        ]
        await sent[2]
        await gate.__rsgi__(Scope("/free"), page)
        doors.open.set()
        await asyncio.gather(*sent)

    asyncio.run(run())
    assert [wire.status for wire in wires] == [200, 200, 503]
    assert wires[2].body == b"<p>kk number=417"
    assert wires[2].headers["retry-after"] == "3"
    assert wires[2].headers["cache-control"] == "no-store"
    assert "connection" not in wires[2].headers
    assert page.status == 200


def test_without_a_page_a_full_sign_in_queue_says_it_in_plain_words(
    make: Callable[..., Gate],
) -> None:
    gate = make(limits={"sign_in_threads": 1, "sign_in_waiting": -1})
    wire = answer(gate, post(1, "/en/sign-in"), Wire([b"x"]))
    assert wire.status == 503
    assert wire.body == b"Many people are signing in. Try again in 3 seconds.\n"
    assert answer(gate, Scope("/en/sign-in")).status == 200  # the form itself is a page


@pytest.mark.parametrize("page", ["password", "spare-code", "choose-password", "sign-in/"])
def test_whatever_hashes_a_password_waits_beside_the_pages(
    make: Callable[..., Gate], page: str
) -> None:
    gate = make(limits={"sign_in_threads": 1, "sign_in_waiting": -1})
    wire = answer(gate, post(1, f"/en/{page}"), Wire([b"x"]))
    assert (wire.status, wire.headers["retry-after"]) == (503, "3")
    assert (b"signing in" in wire.body) is (page == "sign-in/")
    beside = answer(gate, post(1, f"/en/other/{page}"), Wire([b"x"]))
    assert beside.body == b"not found"  # the application itself was asked


@pytest.mark.parametrize(
    "method", ["post", "Post", "get", "TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", ""]
)
def test_only_the_methods_of_our_pages_go_through(make: Callable[..., Gate], method: str) -> None:
    asked: list[str] = []

    def application(env: dict[str, Any], start_response: Any) -> list[bytes]:
        asked.append(env["REQUEST_METHOD"])
        start_response("200 OK", [])
        return []

    gate = make(application)
    assert answer(gate, Scope("/en/sign-in", method)).status == 400
    assert answer(gate, Scope(gate._static.url("site.css"), method)).status == 405
    assert asked == []


def test_a_full_queue_of_pages_is_503(make: Callable[..., Gate]) -> None:
    wire = answer(make(limits={"threads": 1, "waiting": -1}), Scope("/page"))
    assert (wire.status, wire.headers["retry-after"]) == (503, "3")


def test_who_left_while_waiting_is_not_served_but_a_post_is(make: Callable[..., Gate]) -> None:
    doors = Doors()
    gate = make(doors, {"threads": 1})
    first, reader, waiter, writer = Wire(), Wire(), Wire(), Wire([b"x"])

    async def run() -> None:
        sent = [
            asyncio.create_task(gate.__rsgi__(scope, wire))
            for scope, wire in (
                (Scope("/first"), first),
                (Scope("/reader"), reader),
                (Scope("/waiter"), waiter),
                (post(1, "/writer"), writer),
            )
        ]
        await until(lambda: gate._pages._inside == 4)
        for wire in (reader, writer):
            wire.left.set()
        await sent[1]
        doors.open.set()
        await asyncio.gather(*sent)

    asyncio.run(run())
    assert sorted(doors.came) == ["/first", "/waiter", "/writer"]
    assert [wire.status for wire in (first, reader, waiter, writer)] == [200, 503, 200, 200]
    assert gate._pages._inside == 0


def test_a_file_of_a_view_is_sent_by_the_server(make: Callable[..., Gate], tmp_path: Path) -> None:
    file = str(tmp_path / "files" / "f")
    wire = answer(make(), Scope("/file/f"))
    assert (wire.status, wire.sent) == (200, (file,))
    assert "x-gate-file" not in wire.headers
    part = answer(make(), Scope("/file/f", pairs=[("range", "bytes=0-9")]))
    assert (part.status, part.sent) == (206, (file, 0, 10))
    for method in ("HEAD", "POST"):
        whole = answer(make(), Scope("/file/f", method, pairs=[("range", "bytes=0-9")]))
        assert (whole.status, whole.headers["content-length"]) == (200, str(len(gate_probe.FILE)))
    assert answer(make(), Scope("/file/f", "HEAD")).sent == ()


def test_a_file_that_is_not_there_is_a_page(make: Callable[..., Gate]) -> None:
    gate = make(refusal_page=lambda status, _language: f"{status}".encode())
    for path in ("/file/none", "/file/../static/site.css"):
        wire = answer(gate, Scope(path))
        assert (wire.status, wire.body) == (404, b"404")
    assert answer(gate, Scope("/none")).body == b"not found"  # the application's own


def test_repeated_headers_and_cookies_are_joined(make: Callable[..., Gate]) -> None:
    scope = Scope(
        "/echo",
        pairs=[
            ("host", "lms.example"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("x-twice", "1"),
            ("x-twice", "2"),
            ("x_twice", "3"),
            ("proxy", "http://evil"),
            ("content-type", "text/plain"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "for=1.2.3.4"),
            ("x-real-ip", "1.2.3.4"),
        ],
    )
    facts = json.loads(answer(make(), scope).body)
    assert facts["HTTP_COOKIE"] == "a=1; b=2"
    assert facts["HTTP_X_TWICE"] == "1, 2"
    assert facts["CONTENT_TYPE"] == "text/plain"
    assert facts["HTTP_HOST"] == "lms.example"
    assert not [key for key in facts if "FORWARDED" in key or "PROXY" in key or "REAL" in key]
    assert facts["REMOTE_ADDR"] == "10.0.0.7"
    behind = json.loads(answer(make(limits={"trusted_proxies": 1}), scope).body)
    assert behind["HTTP_X_FORWARDED_FOR"] == "1.2.3.4"
    assert behind["REMOTE_ADDR"] == "10.0.0.7"


@pytest.mark.parametrize(
    ("client", "address"),
    [("1.2.3.4:5", "1.2.3.4"), ("[::1]:5", "::1"), ("[::ffff:1.2.3.4]:5", "1.2.3.4")],
)
def test_the_address_is_that_of_the_connection(client: str, address: str) -> None:
    assert wsgi_call.peer(Scope(client=client)) == address


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 1, "10.0.0.7"),
        ("a", 0, "10.0.0.7"),
        ("a, b", 1, "b"),
        ("a, b", 2, "a"),
        ("a", 2, "10.0.0.7"),
    ],
)
def test_proxies_are_believed_as_far_as_they_are_ours(
    forwarded: str, proxies: int, address: str
) -> None:
    headers = {"x-forwarded-for": forwarded}
    assert wsgi_call.client(Scope(), headers, trusted_proxies=proxies) == address


def test_the_environment_is_that_of_pep_3333(make: Callable[..., Gate]) -> None:
    scope = Scope("/echo/Тест é", "OPTIONS", "q=%D1%8F", "1", "[::]:8443", "[::1]:9", "https")
    facts = json.loads(answer(make(), scope).body)
    assert facts["PATH_INFO"].encode("latin-1").decode() == "/echo/Тест é"
    assert facts["QUERY_STRING"] == "q=%D1%8F"
    assert facts["REQUEST_METHOD"] == "OPTIONS"
    assert facts["SERVER_PROTOCOL"] == "HTTP/1.0"
    assert (facts["SERVER_NAME"], facts["SERVER_PORT"]) == ("::", "8443")
    assert (facts["wsgi.url_scheme"], facts["SCRIPT_NAME"]) == ("https", "")


def calls(
    status: str, headers: list[tuple[str, str]], body: list[bytes]
) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    def application(env: dict[str, Any], start: Any) -> Iterable[bytes]:
        start(status, headers)
        return body

    return application


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "\0", "é", "a\x7f"])
def test_a_header_with_a_line_break_never_leaves(make: Callable[..., Gate], value: str) -> None:
    assert answer(make(calls("200 OK", [("X-A", value)], [])), Scope()).status == 500
    assert answer(make(calls("200 OK", [(value, "x")], [])), Scope()).status == 500


def test_headers_of_the_way_are_the_servers(make: Callable[..., Gate]) -> None:
    headers = [("Transfer-Encoding", "chunked"), ("Connection", "x"), ("Content-Length", "999")]
    wire = answer(make(calls("200 OK", headers, [b"ab", b"c"])), Scope())
    assert (wire.status, wire.body, wire.headers) == (200, b"abc", {"server": "lms"})


def test_an_application_may_write_start_twice_and_close(make: Callable[..., Gate]) -> None:
    closed: list[bool] = []

    class Parts(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def application(env: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [])
        start("404 Not Found", [], (None, None, None))(b"a")
        return Parts([b"b"])

    wire = answer(make(application), Scope())
    assert (wire.status, wire.body, closed) == (404, b"ab", [True])


def test_an_application_that_never_starts_is_a_500(make: Callable[..., Gate]) -> None:
    def silent(env: dict[str, Any], start: Any) -> Iterable[bytes]:
        return [b"x"]

    assert answer(make(silent), Scope()).status == 500


def test_head_has_the_headers_and_no_body(make: Callable[..., Gate]) -> None:
    headers = [("Content-Type", "image/png"), ("Content-Length", "5")]
    wire = answer(make(calls("200 OK", headers, [b"12345"])), Scope(method="HEAD"))
    assert (wire.status, wire.body, wire.headers["content-length"]) == (200, b"", "5")


def test_hooks_run_at_start_and_stop_and_may_fail(make: Callable[..., Gate]) -> None:
    said: list[str] = []

    def fail() -> Coroutine[Any, Any, None]:
        said.append("failed")
        raise RuntimeError

    gate = make(
        on_start=[fail, lambda: said.append("started")], on_stop=[lambda: said.append("stopped")]
    )

    async def run() -> None:
        loop = asyncio.get_running_loop()
        gate.__rsgi_init__(loop)
        await until(lambda: "started" in said and "failed" in said)
        gate.__rsgi_del__(loop)

    asyncio.run(run())
    assert said[2:] == ["stopped"]
