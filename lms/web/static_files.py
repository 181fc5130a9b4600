"""Static files: named by their content, compressed beforehand, served from memory.

``site.css`` is served as ``/static/site.3fa9c1d2e4b5.css`` and may be kept for ever by a browser;
a changed file has another name. Pages of an earlier build that are still open, or kept, ask for
the earlier names: those stay served for 90 days from a folder below the data folder, which also
saves compressing anything twice.

A folder whose name ends in ``.css`` or ``.js`` is served as one file, its parts joined in the
order of their names: small files for us, one request for the reader. Relative references
(``./x.js``, ``../icons/y.svg``) in CSS, scripts and manifests are rewritten to the new names.
Comments and indents of styles and scripts stay at home: a comment in a script has lines of its own.
"""

import gzip
import hashlib
import os
import posixpath
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import brotli

from lms.web.answers import Answer, best_encoding

KEPT_FOR = 90 * 86400  # seconds
_LIST = "current.txt"
_JOINED = (".css", ".js")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_REFERRING = frozenset({".css", ".js", ".webmanifest"})
_COMPRESSED = frozenset({".css", ".ico", ".js", ".json", ".svg", ".txt", ".vtt", ".webmanifest"})
# Opened by itself a file does nothing: a drawing could hold a script. Styles and scripts are shown
# as text, are no secret, and come with every first visit.
_AS_TEXT = (("x-content-type-options", "nosniff"),)
_INERT = (
    *_AS_TEXT,
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
)
_UNREAD = {
    ".css": re.compile(rb"/\*.*?\*/\n?|^[ \t]+", re.DOTALL | re.MULTILINE),
    ".js": re.compile(rb"^\s*//[^\n]*\n|^\s+", re.MULTILINE),
}
_REFERENCE = re.compile(rb"""(?<=["'(])\.{1,2}/[\w./-]+(?=["')])""")
_DIGEST = re.compile(r"\.([0-9a-f]{12})(?=\.[^./]+$|$)")


@dataclass(frozen=True)
class _Served:
    """One file in memory: the body of each encoding, ``""`` being the plain one."""

    digest: str
    bodies: dict[str, bytes]


class StaticFiles:
    """The files below ``folders``, under their hashed names.

    ``cache`` is a folder of our own below the data folder. Names are paths inside a folder; the
    same name in two of them raises ValueError, and so do files that refer to each other in a
    circle, since neither could be named first. ``joined`` names files that are made of others, in
    this order.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        cache: Path,
        *,
        prefix: str = "/static/",
        joined: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.prefix = prefix
        self._cache = cache
        self._sources = _sources(folders)
        for name, parts in (joined or {}).items():
            self._sources[name] = [path for part in parts for path in self._sources[part]]
        self._names: dict[str, str] = {}
        self._served: dict[str, _Served] = {}
        self._earlier: frozenset[str] = frozenset()
        self._build()

    def url(self, name: str) -> str:
        """Return the address of a file, e.g. ``site.css``; LookupError for an unknown one."""
        try:
            return self.prefix + self._names[name]
        except KeyError:
            raise LookupError(f"There is no static file {name!r}.") from None

    def answer(self, path: str, method: str, accept: str, if_none_match: str) -> Answer:
        """Answer a request below ``prefix``: 200, 304, 404, or 405 for a method that writes.

        ``accept`` and ``if_none_match`` are the headers Accept-Encoding and If-None-Match.
        """
        if method not in ("GET", "HEAD"):
            return Answer(405, (("allow", "GET, HEAD"), *_INERT))
        name = path.removeprefix(self.prefix)
        served = self._served.get(name)
        if served is None and name in self._earlier:
            served = self._load(name)
        if served is None:
            return Answer(404, (("cache-control", "no-store"), *_INERT))
        encoding = best_encoding(accept)
        if encoding not in served.bodies:
            encoding = ""
        tag = f'"{served.digest}{encoding}"'
        headers = [
            ("cache-control", "public, max-age=31536000, immutable"),
            ("etag", tag),
            ("vary", "Accept-Encoding"),
        ]
        known = (part.strip().removeprefix("W/") for part in if_none_match.split(","))
        if any(part in (tag, "*") for part in known):
            return Answer(304, tuple(headers))
        body = served.bodies[encoding]
        headers += [
            ("content-type", _TYPES.get(posixpath.splitext(name)[1], "application/octet-stream")),
            ("content-length", str(len(body))),
            *(_AS_TEXT if name.endswith((".css", ".js")) else _INERT),
        ]
        if encoding:
            headers.append(("content-encoding", encoding))
        return Answer(200, tuple(headers), body)

    def _build(self) -> None:
        """Name, compress and load every file; what an earlier start compressed is kept."""
        for name in self._sources:
            self._name(name, ())
        current = set(self._served)
        record = self._cache / _LIST
        before = set(record.read_text("utf-8").split("\n")) if record.exists() else set()
        for name in before - current:  # its 90 days begin now, when it is replaced
            for file in self._files(name):
                os.utime(file)
        oldest = time.time() - KEPT_FOR
        earlier = set()
        for file in self._cache.rglob("*"):
            name = file.relative_to(self._cache).as_posix()
            plain = name.removesuffix(".br").removesuffix(".gz")
            if not file.is_file() or name == _LIST or plain in current:
                continue
            if file.stat().st_mtime < oldest:
                file.unlink()
            elif name == plain and _DIGEST.search(name):
                earlier.add(name)
        self._earlier = frozenset(earlier)
        if before != current:
            _write(record, "\n".join(sorted(current)).encode())

    def _name(self, name: str, inside: tuple[str, ...]) -> str:
        """Return the hashed name of a file, having loaded it; ``inside`` are those that wait."""
        if name in inside:
            raise ValueError(
                f"{' > '.join([*inside, name])}: files refer to each other in a circle."
            )
        if name in self._names:
            return self._names[name]
        content = b"\n".join(path.read_bytes() for path in self._sources[name])
        folder = posixpath.dirname(name)
        stem, suffix = posixpath.splitext(name)
        if suffix in _UNREAD:
            content = _UNREAD[suffix].sub(b"", content)

        def renamed(match: re.Match[bytes]) -> bytes:
            target = posixpath.normpath(posixpath.join(folder, match[0].decode()))
            if target not in self._sources:
                return match[0]
            path = posixpath.relpath(self._name(target, (*inside, name)), folder or ".")
            return (path if path.startswith("../") else "./" + path).encode()

        if suffix in _REFERRING:
            content = _REFERENCE.sub(renamed, content)
        hashed = f"{stem}.{_digest(content)}{suffix}"
        self._served[hashed] = self._load(hashed) or self._make(hashed, content)
        self._names[name] = hashed
        return hashed

    def _make(self, hashed: str, content: bytes) -> _Served:
        bodies = {"": content}
        if posixpath.splitext(hashed)[1] in _COMPRESSED:
            bodies["br"] = brotli.compress(content, mode=brotli.MODE_TEXT, quality=11)
            bodies["gzip"] = gzip.compress(content, 9, mtime=0)
        kept = {key: body for key, body in bodies.items() if not key or len(body) < len(content)}
        for file, key in zip(self._files(hashed), ("", "br", "gzip"), strict=True):
            if key in kept:
                _write(file, kept[key])
        return _Served(_digest(content), kept)

    def _load(self, hashed: str) -> _Served | None:
        """Return a file of the cache; None when it is missing or not what its name says.

        A power cut may have left half a file behind, and browsers would keep it for ever.
        """
        plain, br, gz = self._files(hashed)
        named = _DIGEST.search(hashed)
        if named is None or not plain.is_file():
            return None
        content = plain.read_bytes()
        if _digest(content) != named[1]:
            return None
        bodies = {"": content}
        try:
            if br.is_file():
                bodies["br"] = br.read_bytes()
                if brotli.decompress(bodies["br"]) != content:
                    return None
            if gz.is_file():
                bodies["gzip"] = gz.read_bytes()
                if gzip.decompress(bodies["gzip"]) != content:
                    return None
        except (brotli.error, OSError, EOFError):
            return None
        return _Served(named[1], bodies)

    def _files(self, hashed: str) -> tuple[Path, Path, Path]:
        plain = self._cache / hashed
        return plain, plain.with_name(plain.name + ".br"), plain.with_name(plain.name + ".gz")


def _sources(folders: Sequence[Path]) -> dict[str, list[Path]]:
    """Return the files behind each name: one, or the parts of a folder that is served as one."""
    sources: dict[str, list[Path]] = {}
    origins: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if not path.is_file() or any(part.startswith(".") for part in parts):
                continue
            if len(parts) > 1 and parts[-2].endswith(_JOINED):
                parts = parts[:-1]
            name = "/".join(parts)
            if origins.setdefault(name, folder) != folder:
                raise ValueError(f"{name} lies in {origins[name]} and in {folder}.")
            sources.setdefault(name, []).append(path)
    return sources


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + f".{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(file)
