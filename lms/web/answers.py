"""What goes out: an answer as a value, its compression, and files with ranges."""

import dataclasses
import gzip
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lms.kernel.packing import as_brotli
from lms.web.rsgi import HTTPProtocol

Headers = tuple[tuple[str, str], ...]

FILE_HEADER = "x-gate-file"
_COMPRESSED_TYPES = ("text/html", "application/json")
_WORTH_COMPRESSING = 600
_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*")
_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*")

log = logging.getLogger("lms.gate")


@dataclass(frozen=True)
class Answer:
    """A status, headers (names in lower case) and either bytes or a part of a file.

    ``span`` is the first byte and the byte after the last one; None means the whole file.
    """

    status: int
    headers: Headers
    body: bytes = b""
    file: Path | None = None
    span: tuple[int, int] | None = None

    def header(self, name: str) -> str:
        """Return the first header of that name, or the empty string."""
        return next((value for key, value in self.headers if key == name), "")

    def with_header(self, name: str, value: str) -> "Answer":
        """Return the same answer with exactly one header of that name."""
        kept = tuple(header for header in self.headers if header[0] != name)
        return dataclasses.replace(self, headers=(*kept, (name, value)))

    def without(self, *names: str) -> "Answer":
        """Return the same answer without the headers of these names."""
        kept = tuple(header for header in self.headers if header[0] not in names)
        return dataclasses.replace(self, headers=kept)

    def send(self, protocol: HTTPProtocol, *, head: bool) -> None:
        """Hand the answer to the server; ``head`` leaves the body out.

        Our name replaces that of the server software, so that a second start knows us.
        """
        headers = [*self.headers, ("server", "lms")]
        if self.file is not None and self.span is not None and not head:
            protocol.response_file_range(self.status, headers, str(self.file), *self.span)
        elif self.file is not None and not head:
            protocol.response_file(self.status, headers, str(self.file))
        elif self.body and not head:
            protocol.response_bytes(self.status, headers, self.body)
        else:
            protocol.response_empty(self.status, headers)


def best_encoding(accept: str) -> str:
    """Return ``br``, ``gzip`` or the empty string, by the q-values of an Accept-Encoding header.

    RFC 9110, 12.5.3; of two equals brotli wins, and a weight that cannot be read counts as 0.
    """
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, semicolon, parameter = part.partition(";")
        match = _QUALITY.fullmatch(parameter)
        weights[name.strip()] = float(match[1]) if match else 0.0 if semicolon else 1.0
    rest = weights.get("*", 0.0)
    best = max(("br", "gzip"), key=lambda name: weights.get(name, rest))
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def compressed(answer: Answer, accept: str, *, head: bool) -> Answer:
    """Return a page in the best encoding that the client takes.

    A strong ETag becomes a weak one, since the bytes are no longer those it named;
    If-None-Match compares weakly (RFC 9110, 13.1.2), so the application's 304 stays right.
    """
    if answer.status == 304:
        return _varying(answer)
    page = answer.header("content-type").partition(";")[0].strip() in _COMPRESSED_TYPES
    if not page or answer.file or answer.header("content-encoding"):
        return answer
    answer = _varying(answer)
    if head:  # the length that GET would have is not known
        return answer.without("content-length")
    encoding = best_encoding(accept)
    if len(answer.body) <= _WORTH_COMPRESSING or not encoding or answer.status == 206:
        return answer
    body = as_brotli(answer.body) if encoding == "br" else gzip.compress(answer.body, 6, mtime=0)
    tag = answer.header("etag")
    if tag.startswith('"'):
        answer = answer.with_header("etag", "W/" + tag)
    return dataclasses.replace(answer, body=body).with_header("content-encoding", encoding)


def _varying(answer: Answer) -> Answer:
    vary = [value for key, value in answer.headers if key == "vary"]
    return answer.with_header("vary", ", ".join([*vary, "Accept-Encoding"]))


def with_file(answer: Answer, root: Path, asked: Mapping[str, str]) -> Answer | None:
    """Turn the header ``X-Gate-File`` of a view into that file, or the part that is asked for.

    ``asked`` holds the headers of a GET request; without ``range`` the file is sent whole.

    The view has checked the permission; its path lies below ``root``, links included, else
    there is no answer, None. Ranges by RFC 9110, 14: one range; anything else is answered with
    the whole file; a range that begins behind the end with 416.
    """
    name = answer.header(FILE_HEADER)
    if not name:
        return answer
    answer = answer.without(FILE_HEADER, "content-length", "content-encoding")
    file = _below(root, name)
    if file is None:
        log.error("a view named a file that is not there: %r", name)
        return None
    size = file.stat().st_size
    answer = dataclasses.replace(answer, body=b"").with_header("accept-ranges", "bytes")
    match = _RANGE.fullmatch(asked.get("range", "")) if answer.status == 200 else None
    if_range = asked.get("if-range", "")
    unchanged = not if_range or if_range in (answer.header("etag"), answer.header("last-modified"))
    if match is None or not unchanged or match[1] == match[2] == "":
        span = None
    elif match[1]:
        span = int(match[1]), min(int(match[2] or size), size - 1) + 1
        if match[2] and int(match[2]) < int(match[1]):  # not a range at all
            span = None
    else:
        span = max(0, size - int(match[2])), size
    if span is None:
        whole = answer.with_header("content-length", str(size))
        return dataclasses.replace(whole, file=file if size else None)
    first, after = span
    if first >= after:
        refused = answer.without("content-type", "content-disposition", "etag", "last-modified")
        return dataclasses.replace(
            refused.with_header("content-range", f"bytes */{size}"), status=416
        )
    part = answer.with_header("content-range", f"bytes {first}-{after - 1}/{size}")
    part = part.with_header("content-length", str(after - first))
    return dataclasses.replace(part, status=206, file=file, span=span)


def _below(root: Path, name: str) -> Path | None:
    """Return the file of that name when it lies below ``root``, wherever links lead."""
    if "\\" in name or name.startswith("/"):
        return None
    try:
        base = root.resolve()
        file = (base / name).resolve()
        return file if file.is_relative_to(base) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, links in a circle
        return None
