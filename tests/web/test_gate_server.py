"""The gate inside a real server on a port of its own: what clients do to it, and what they see."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.web.gate_probe import FILE, PAGE

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds: how long a busy machine may take for anything
HEAD = b" HTTP/1.1\r\nHost: lms.example\r\n"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@dataclass
class Probe:
    """A running server with the probe application."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def raw(self, *parts: bytes) -> bytes:
        """Send the parts and return all that comes until the server closes or one answer is in."""
        with self.connect() as line:
            for part in parts:
                line.sendall(part)
            return read_all(line)

    def let_go(self, name: str) -> None:
        """Let the requests of a name that wait in the application be answered."""
        (self.folder / f"{name}-may-go").touch()


def read_all(line: socket.socket) -> bytes:
    got = b""
    with contextlib.suppress(ConnectionError):
        while part := line.recv(65536):
            got += part
    return got


def read_until(line: socket.socket, end: bytes) -> None:
    """Read until the last bytes are those of ``end``."""
    got = b""
    while not got.endswith(end):
        part = line.recv(65536)
        assert part, got
        got += part


@contextlib.contextmanager
def running(folder: Path, *tls: Path, **limits: Any) -> Iterator[Probe]:
    (folder / "static").mkdir(exist_ok=True)
    (folder / "static" / "site.css").write_text("body{}" * 200)
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files" / "f").write_bytes(FILE)
    port = free_port()
    command = [sys.executable, "-m", "tests.web.gate_probe", str(port), str(folder)]
    process = subprocess.Popen(
        [*command, json.dumps(limits), *tls], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    probe = Probe(process, port, folder)
    try:
        assert process.stdout is not None
        scheme = "https" if tls else "http"
        assert process.stdout.readline() == f"{scheme}://127.0.0.1:{port}\n"
        wait_until(lambda: can_connect(probe))
        yield probe
    finally:
        if process.poll() is None:
            process.kill()
        said, _ = process.communicate()
    assert said == "", "nothing that a client does is worth a line of the server's log"


def can_connect(probe: Probe) -> bool:
    with contextlib.suppress(ConnectionError):
        probe.connect().close()
        return True
    return False


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"it did not happen within {PATIENCE} seconds"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """A server that waits long for slow clients, as a busy machine makes them all."""
    with running(
        tmp_path_factory.mktemp("probe"),
        linger=30,
        sign_in_waiting=3,
        upload_limits={"/echo/upload": 3_000_000},
    ) as probe:
        yield probe
        assert probe.ask("/page")[0] == 200, "the server lives after all that was done to it"


def test_pages_come_compressed_to_who_wants_it(probe: Probe) -> None:
    status, headers, body = probe.ask("/page", accept_encoding="gzip, br")
    assert (status, headers["content-encoding"]) == (200, "br")
    assert brotli.decompress(body) == PAGE
    assert headers["content-length"] == str(len(body))
    assert probe.ask("/page", accept_encoding="identity")[2] == PAGE


def test_head_is_get_without_the_body(probe: Probe) -> None:
    got = probe.raw(b"HEAD /healthz" + HEAD + b"Connection: close\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-length: 4\r\n" in got
    assert got.endswith(b"\r\n\r\n")


def test_a_connection_serves_many_requests(probe: Probe) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", probe.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        for method, body in (("POST", b"x" * 1000), ("GET", None), ("POST", b""), ("POST", b"y")):
            connection.request(method, "/echo", body)
            answer = json.loads(connection.getresponse().read())
            assert answer["body"] == len(body or b"")


def test_headers_arrive_as_they_were_meant(probe: Probe) -> None:
    got = probe.raw(
        b"POST /echo/%D0%A2%D0%B5%D1%81%D1%82/%20a?q=%D1%8F&q=2" + HEAD + b"Cookie: a=1\r\n"
        b"Cookie: b=2\r\nX-Twice: 1\r\nX-Twice: 2\r\nX_Twice: 3\r\nX-Forwarded-For: 6.6.6.6\r\n"
        b"Content-Length: 3\r\nConnection: close\r\n\r\nabc"
    )
    facts = json.loads(got.partition(b"\r\n\r\n")[2])
    assert facts["HTTP_COOKIE"] == "a=1; b=2"
    assert facts["HTTP_X_TWICE"] == "1, 2"
    assert facts["PATH_INFO"].encode("latin-1").decode() == "/echo/Тест/ a"
    assert facts["QUERY_STRING"] == "q=%D1%8F&q=2"
    assert facts["REMOTE_ADDR"] == "127.0.0.1"
    assert "HTTP_X_FORWARDED_FOR" not in facts
    assert (facts["body"], facts["again"]) == (3, 3)


def test_paths_in_raw_bytes_do_no_harm(probe: Probe) -> None:
    for path in (b"/echo/\xd0\xbf", b"/echo/%FF", b"/echo/%00", b"/echo/%2e%2e/%2f", b"*", b"//"):
        got = probe.raw(b"GET " + path + HEAD + b"Connection: close\r\n\r\n")
        assert got[9:12] in (b"200", b"400", b"404"), path


def test_two_cookies_are_two_headers(probe: Probe) -> None:
    assert probe.ask("/cookies")[1].get_all("set-cookie") == ["a=1", "b=2"]


def test_a_header_with_a_line_break_is_an_error_of_ours(probe: Probe) -> None:
    status, headers, _ = probe.ask("/line-break")
    assert status == 500
    assert "set-cookie" not in headers


def test_an_exception_is_a_page_and_the_connection_lives(probe: Probe) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", probe.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        for path, status in (("/fail", 500), ("/healthz", 200)):
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            assert response.status == status


def test_static_files_come_from_memory(probe: Probe) -> None:
    name = next((probe.folder / "cache").glob("site.*.css")).name
    status, headers, body = probe.ask("/static/" + name, accept_encoding="br")
    assert (status, brotli.decompress(body)) == (200, b"body{}" * 200)
    assert "immutable" in headers["cache-control"]
    again = probe.ask("/static/" + name, accept_encoding="br", if_none_match=headers["etag"])
    assert (again[0], again[2]) == (304, b"")
    head = probe.ask("/static/" + name, "HEAD")
    assert (head[0], head[1]["content-length"], head[2]) == (200, "1200", b"")
    assert probe.ask("/static/" + name, "POST", b"x")[0] == 405


@pytest.mark.parametrize(
    ("asked", "status", "first", "after"),
    [
        ("", 200, 0, len(FILE)),
        ("bytes=0-0", 206, 0, 1),
        ("bytes=0-", 206, 0, len(FILE)),
        (f"bytes={len(FILE) - 1}-", 206, len(FILE) - 1, len(FILE)),
        ("bytes=-5", 206, len(FILE) - 5, len(FILE)),
        ("bytes=5-99999999", 206, 5, len(FILE)),
        (f"bytes={len(FILE)}-", 416, 0, 0),
    ],
)
def test_files_have_ranges_at_both_ends(
    probe: Probe, asked: str, status: int, first: int, after: int
) -> None:
    got, headers, body = probe.ask("/file/f", range=asked)
    assert (got, body) == (status, FILE[first:after])
    assert headers["content-length"] == str(after - first)
    assert headers["transfer-encoding"] is None
    assert headers["x-gate-file"] is None


def test_files_out_of_reach_are_not_there(probe: Probe) -> None:
    for name in ("../cache/current.txt", "%2e%2e/cache/current.txt", "/etc/passwd", "none"):
        assert probe.ask("/file/" + name)[0] == 404


def test_too_large_is_said_even_to_who_is_still_sending(probe: Probe) -> None:
    with probe.connect() as line:
        line.sendall(b"POST /echo" + HEAD + b"Content-Length: 2500000\r\n\r\n")
        for _ in range(25):
            line.sendall(b"x" * 100_000)
        assert read_all(line).startswith(b"HTTP/1.1 413 ")


def test_larger_bodies_need_a_session_and_uploads_have_their_own_limit(probe: Probe) -> None:
    large = b"x" * 2_500_000
    assert probe.ask("/echo/upload", "POST", large)[0] == 413
    status, _, body = probe.ask("/echo/upload", "POST", large, cookie="session=live")
    assert (status, json.loads(body)["again"]) == (200, len(large))
    assert probe.ask("/echo", "POST", b"x" * 65_000)[0] == 200


def test_half_a_body_is_408_and_a_dripping_one_too(tmp_path: Path) -> None:
    with running(tmp_path, idle_timeout=1, total_timeout=2, linger=0.5) as probe:
        start = b"POST /echo" + HEAD + b"Content-Length: 90\r\n\r\nab"
        assert probe.raw(start).startswith(b"HTTP/1.1 408 ")
        with probe.connect() as line:
            line.sendall(start)
            line.settimeout(0.4)
            got = b""
            for _ in range(20):
                with contextlib.suppress(TimeoutError):
                    got += line.recv(1000)
                if got:
                    break
                line.sendall(b"x")
            assert got.startswith(b"HTTP/1.1 408 ")


def test_bodies_without_a_length_or_with_two_are_refused(probe: Probe) -> None:
    for header, status in (
        (b"Transfer-Encoding: chunked", b"411"),
        (b"Transfer-Encoding: chunked\r\nContent-Length: 3", b"411"),
        (b"Content-Length: 3\r\nContent-Length: 4", b"400"),
        (b"Content-Length: -3", b"400"),
        (b"Content-Length: three", b"400"),
    ):
        got = probe.raw(b"POST /echo" + HEAD + header + b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        assert got[9:12] == status, header


def test_clients_that_leave_in_the_middle_leave_nothing_behind(probe: Probe) -> None:
    for _ in range(300):  # more than there are places for open bodies
        with probe.connect() as line:
            line.sendall(b"POST /echo" + HEAD + b"Content-Length: 9\r\n\r\nab")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    wait_until(lambda: probe.ask("/echo", "POST", b"abc")[0] == 200)
    for _ in range(20):
        with probe.connect() as line:
            line.sendall(b"GET /slow/0.1" + HEAD + b"\r\n")
    wait_until(lambda: probe.ask("/page")[0] == 200)
    assert probe.ask("/echo", "POST", b"abc")[0] == 200


def test_a_full_sign_in_queue_says_when_to_come_back(probe: Probe) -> None:
    answers: list[tuple[int, http.client.HTTPMessage, bytes]] = []

    def sign_in() -> None:
        answers.append(probe.ask("/ru/sign-in", "POST", b"number=417"))

    threads = [threading.Thread(target=sign_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(answers) == 3)  # while the others are at it or wait
    assert probe.ask("/healthz")[2] == b"good"
    probe.let_go("sign-in")
    for thread in threads:
        thread.join()
    assert sorted(status for status, _, _ in answers) == [200] * 5 + [503] * 3
    for status, headers, body in answers:
        if status == 503:
            assert (headers["retry-after"], body) == ("3", b"<p>ru: number=417")


def test_random_bytes_get_an_answer_or_a_closed_line(probe: Probe) -> None:
    dice = random.Random(20261124)
    pieces = [b"GET ", b"POST ", b"/echo", b"/static/", b" HTTP/1.1\r\n", b"Host: x\r\n", b"\r\n"]
    pieces += [b"Content-Length: ", b"Range: bytes=", b"Cookie: ", b"5", b"-", b"%", b"\0", b"\n"]
    pieces += [b"Transfer-Encoding: chunked\r\n", b"Accept-Encoding: br;q=", b"Expect: x\r\n"]
    for _ in range(300):
        data = b"".join(
            dice.choice(pieces) if dice.random() < 0.8 else dice.randbytes(dice.randrange(1, 30))
            for _ in range(dice.randrange(1, 25))
        )
        with probe.connect() as line, contextlib.suppress(ConnectionError):
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            got = read_all(line)
            assert got == b"" or got.startswith(b"HTTP/1.")
            assert b" 500 " not in got.partition(b"\r\n")[0], data


def test_half_heads_and_half_bodies_do_not_keep_others_waiting(tmp_path: Path) -> None:
    with running(tmp_path) as probe, contextlib.ExitStack() as lines:
        for start in (
            b"GET /page HTTP/1.1\r\nHo",
            b"POST /echo" + HEAD + b"Content-Length: 9\r\n\r\nab",
        ):
            for _ in range(200):
                lines.enter_context(probe.connect()).sendall(start)
        for _ in range(50):
            assert probe.ask("/page")[0] == 200
        assert probe.ask("/echo", "POST", b"abc")[0] == 200


def test_slow_readers_do_not_keep_others_waiting(tmp_path: Path) -> None:
    with running(tmp_path) as probe, contextlib.ExitStack() as lines:
        (tmp_path / "files" / "large").write_bytes(b"x" * 4_000_000)
        readers = [lines.enter_context(probe.connect()) for _ in range(100)]
        for reader in readers:
            reader.sendall(b"GET /file/large" + HEAD + b"Connection: close\r\n\r\n")
            assert reader.recv(12) == b"HTTP/1.1 200"
        for _ in range(20):
            assert probe.ask("/page")[0] == 200
        assert len(read_all(readers[0])) > 4_000_000


def test_a_stop_finishes_what_is_in_flight(tmp_path: Path) -> None:
    with running(tmp_path, linger=60) as probe:
        held, idle, half = probe.connect(), probe.connect(), probe.connect()
        with held, idle, half:
            held.sendall(b"POST /held/page" + HEAD + b"Content-Length: 2\r\n\r\nab")
            wait_until((tmp_path / "page-came").exists)
            idle.sendall(b"GET /healthz" + HEAD + b"\r\n")
            read_until(idle, b"good")
            half.sendall(
                b"POST /echo" + HEAD + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
            )
            read_until(half, b"HTTP/1.1 100 Continue\r\n\r\n")  # its body is being read
            half.sendall(b"ab")
            probe.process.send_signal(signal.SIGTERM)
            assert read_all(half).startswith(b"HTTP/1.1 503 ")
            probe.let_go("page")
            assert probe.process.wait(PATIENCE) == 0
            assert read_all(held).endswith(b"let go")
            assert read_all(idle) == b""
        assert (tmp_path / "notes.txt").read_text() == "started\nstopped\n"


def test_the_process_leaves_the_port_to_one(tmp_path: Path) -> None:
    with running(tmp_path) as probe:
        second = subprocess.run(
            [sys.executable, "-m", "tests.web.gate_probe", str(probe.port), str(tmp_path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert f"already running at http://127.0.0.1:{probe.port}" in second.stderr
        assert probe.ask("/page")[0] == 200


def write_certificate(cert: Path, key: Path) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, secret.public_key(), 1, now, now + timedelta(2))
    cert.write_bytes(builder.sign(secret, hashes.SHA256()).public_bytes(Encoding.PEM))
    key.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_tls_is_spoken_from_1_2_on(tmp_path: Path) -> None:
    write_certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    with running(tmp_path, tmp_path / "cert.pem", tmp_path / "key.pem") as probe:
        context = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        context.check_hostname = False
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        connection = http.client.HTTPSConnection(
            "127.0.0.1", probe.port, timeout=PATIENCE, context=context
        )
        with contextlib.closing(connection):
            connection.request("GET", "/echo")
            assert json.loads(connection.getresponse().read())["wsgi.url_scheme"] == "https"
        context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
        with probe.connect() as line, context.wrap_socket(line) as newest:
            assert newest.version() == "TLSv1.3"


@pytest.mark.parametrize(
    ("version", "ciphers"),
    [
        (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
        (ssl.TLSVersion.TLSv1_2, "AES128-SHA:AES256-SHA256:AES256-GCM-SHA384:@SECLEVEL=0"),
        (ssl.TLSVersion.TLSv1_2, "ECDHE+AESCCM:ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0"),
        (ssl.TLSVersion.TLSv1_2, "aNULL:eNULL:@SECLEVEL=0"),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_no_old_version_and_no_weak_cipher_is_spoken(
    tls: Probe, version: ssl.TLSVersion, ciphers: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    with tls.connect() as line, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(line)


@pytest.mark.parametrize("kind", ["ECDHE+AESGCM", "ECDHE+CHACHA20"])
def test_every_cipher_that_is_spoken_keeps_former_talk_secret(tls: Probe, kind: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(kind)
    with tls.connect() as line, context.wrap_socket(line) as spoken:
        assert spoken.cipher() is not None


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """A server that speaks TLS."""
    folder = tmp_path_factory.mktemp("tls")
    write_certificate(folder / "cert.pem", folder / "key.pem")
    with running(folder, folder / "cert.pem", folder / "key.pem") as probe:
        yield probe
