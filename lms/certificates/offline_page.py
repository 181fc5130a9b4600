"""The page that checks certificates without a network: one file, no request, kept on a stick.

The parts lie in ``offline/``: markup, style, words of five languages, and five scripts (Ed25519,
the checks, signed files, reading a photo, the page around them). This module puts them together
with an issuer's key list and its latest withdrawal list. It signs and checks nothing, so any
process may build it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from pathlib import Path

from lms.signing.keys import parse_ring

PARTS = Path(__file__).parent / "offline"
SCRIPTS = ("ed25519.js", "verify.js", "files.js", "photo.js", "page.js")
HOLE = re.compile(r"\{\{(\w+)(?: (\w+))?\}\}")


@dataclass(frozen=True, slots=True)
class OfflinePage:
    """The finished page.

    body   the HTML file in UTF-8, to be served and saved as it is
    csp    the value of the Content-Security-Policy header that belongs to it
    """

    body: bytes
    csp: str


def build(
    keyring_json: str,
    withdrawal_list: str | None,
    generated: datetime,
    organisation_names: Mapping[str, str],
) -> OfflinePage:
    """Return the page.

    keyring_json         the issuer's key list as signed JSON (``keys.KeyRing.seal``)
    withdrawal_list      the text ``LMSW1:…`` (``withdrawals.seal``); None when there is none yet.
                         The page checks its signature itself
    generated            when the page is made; shown
    organisation_names   language -> name in the masthead; English, else any, where one is missing
    raises               Unreadable if ``keyring_json`` is no key list
    """
    parse_ring(keyring_json)  # fails here, at the office, rather than in the hands of a guard
    words = json.loads(_part("words.json"))
    script = "\n" + "\n".join(_part(name) for name in SCRIPTS)
    style = "\n" + _part("verify.css")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    facts = {
        "made": generated.astimezone(UTC).date().isoformat(),
        "organisation": dict(organisation_names),
        "withdrawals": withdrawal_list,
    }
    fillings = {
        "policy": policy,
        "style": style,
        "script": script,
        "organisation": escape(_name(organisation_names)),
        "words": _json(words),
        "ring": _json(json.loads(keyring_json)),
        "facts": _json(facts),
    }

    def fill(hole: re.Match[str]) -> str:
        return escape(words["en"][hole[2]]) if hole[1] == "word" else fillings[hole[1]]

    # One pass over the template: a brace inside a name or a script is never taken for a hole.
    body = HOLE.sub(fill, _part("verify.html"))
    # A page cannot forbid its own framing from the inside; the header can.
    return OfflinePage(body.encode(), f"{policy}; frame-ancestors 'none'")


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the hash by which the policy lets exactly this inline text run."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def _json(value: object) -> str:
    """Return JSON that cannot end the script element in which it stands."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _name(names: Mapping[str, str]) -> str:
    return names.get("en") or next(iter(names.values()), "")
