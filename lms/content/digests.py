"""Digests: of a block (is a translation stale?) and of a course (is this the same edition?)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from lms.content.model import Block, Document

SHORT = 12
# How tables of a translation name titles: ``front.title``; no id of a block has a dot.
TITLES = "front."
# What is new in an edition, at the head of ``course.md``.
NEWS, LONGEST_NEWS = f"{TITLES}news", 300


def block_digest(block: Block) -> str:
    """Return the first 12 hexadecimal digits of SHA-256 over what a translator translates.

    A heading's text and the body without blank lines at the ends; not the id, not the heading's
    marks, not a bank item's line of facts. A choice that becomes right changes the digest.
    """
    return text_digest(digested_text(block))


def digested_text(block: Block) -> str:
    """Return the text that a block's digest is of: what ``changes.toml`` keeps as old words."""
    body = block.body.strip()
    if body.startswith("{"):
        body = body.partition("\n")[2].strip()
    return f"{block.title}\n{body}".strip()


def text_digest(text: str) -> str:
    """Return the first 12 hexadecimal digits of SHA-256 over a text."""
    return sha256(text.encode()).hexdigest()[:SHORT]


def block_key(block: Block) -> str:
    """Return under which name ``[from]`` lists a block: its id, a bank item's own id."""
    return block.id or block.title


def titles_in(document: Document) -> dict[str, str]:
    """Return the titles of a file, and what is new, by the names that ``[from]`` has for them."""
    front = document.front
    found = {
        f"{TITLES}{key}": front[key] for key in ("title", "public_title", "news") if key in front
    }
    modules = front.get("modules")
    if isinstance(modules, dict):
        found |= {f"{TITLES}modules.{code}": title for code, title in modules.items()}
    return {key: title for key, title in found.items() if isinstance(title, str) and title}


def core_digest(files: Mapping[str, bytes]) -> str:
    """Return the digest of everything but the national layers, as 64 hexadecimal digits."""
    return _digest(files, (path for path in files if not path.startswith("nations/")))


def layer_digest(files: Mapping[str, bytes], nation: str | None) -> str:
    """Return the digest of one national layer; of nothing for None."""
    prefix = f"nations/{nation}/"
    return _digest(files, (path for path in files if nation and path.startswith(prefix)))


def contents_digest(files: Mapping[str, bytes]) -> str:
    """Return the digest of the whole folder, every nation's layer with it."""
    return _digest(files, files)


def _digest(files: Mapping[str, bytes], paths: Iterable[str]) -> str:
    whole = sha256()
    for path in sorted(paths):
        # The length before each part: no two different folders run together to the same bytes.
        whole.update(f"{len(path.encode())} {path} {len(files[path])}\n".encode())
        whole.update(files[path])
    return whole.hexdigest()
