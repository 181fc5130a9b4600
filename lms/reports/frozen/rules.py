"""The file of a frozen quarter (docs/frozen-quarters.md): written, read, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from lms.kernel.messages import Message, msg
from lms.reports.steering.rules import MEASURES, Body, Entry
from lms.signing import signed_json
from lms.signing.keys import KeyRing, Signer, is_signed_by
from lms.signing.refusals import Unreadable
from lms.signing.signed_json import moment, moment_text

KIND, VERSION = "lms-frozen-quarter", 1
GROUPS = ("sex", "rank", "function", "region", "facility")
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Correction:
    """What a file corrects: the digest of the one before it, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a file says.

    issuer  the short permanent name of who signs; names: language -> its name.
    number  1, and one more for each correction.
    day     of the figures, on the clocks of the country; at: when it was signed.
    """

    issuer: str
    names: Mapping[str, str]
    number: int
    day: date
    at: datetime
    body: Body
    corrects: Correction | None = None


def seal(frozen: Frozen, signer: Signer) -> str:
    """Return the signed file."""
    return signed_json.seal(_document(frozen), {signer.kid: signer.sign})


def digest(text: str) -> str:
    """Return the digest by which a file is named: of its bytes."""
    return sha256(text.encode()).hexdigest()


def digest_of(body: Body) -> str:
    """Return a digest of figures: whoever agreed to them agreed to no others."""
    return sha256(repr(_body(body)).encode()).hexdigest()


def _document(frozen: Frozen) -> dict[str, object]:
    corrects = frozen.corrects
    return {
        "kind": KIND,
        "version": VERSION,
        "site": {"issuer": frozen.issuer, "names": dict(frozen.names)},
        **_body(frozen.body),
        "number": frozen.number,
        "day": frozen.day.isoformat(),
        "at": moment_text(frozen.at),
        "corrects": corrects and {"sha256": corrects.file, "reason": corrects.reason},
    }


def _body(body: Body) -> dict[str, Any]:
    return {
        "programme": {"code": body.programme, "titles": dict(body.titles)}
        if body.programme
        else None,
        "quarter": body.quarter,
        "from": body.first.isoformat(),
        "through": body.last.isoformat(),
        "measures": list(MEASURES),
        "figures": {
            "all": list(body.total),
            **{name: [_entry(each) for each in body.groups[name]] for name in GROUPS},
        },
    }


def _entry(entry: Entry) -> dict[str, object]:
    told: dict[str, object] = {"code": entry.code, "figures": list(entry.figures)}
    if entry.kind:
        told |= {"kind": entry.kind, "names": dict(entry.names)}
    return told


def parse(text: str) -> Frozen:
    """Return what a file says, its signature not checked. raises Unreadable for another file."""
    document = signed_json.parse(text, KIND)
    try:
        return _read(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(
            Message(msg("This file is not a frozen quarter that can be read here."))
        ) from error


def _read(document: Mapping[str, Any]) -> Frozen:
    if document["version"] != VERSION or document["measures"] != list(MEASURES):
        raise ValueError("another version")
    programme, figures, corrects = (document[name] for name in ("programme", "figures", "corrects"))
    body = Body(
        programme["code"] if programme else "",
        programme["titles"] if programme else {},
        document["quarter"],
        date.fromisoformat(document["from"]),
        date.fromisoformat(document["through"]),
        _figures(figures["all"]),
        {name: [_entry_of(each) for each in figures[name]] for name in GROUPS},
    )
    return Frozen(
        document["site"]["issuer"],
        document["site"]["names"],
        document["number"],
        date.fromisoformat(document["day"]),
        moment(document["at"]),
        body,
        Correction(corrects["sha256"], corrects["reason"]) if corrects else None,
    )


def _entry_of(told: Mapping[str, Any]) -> Entry:
    return Entry(
        str(told["code"]), _figures(told["figures"]), told.get("kind", ""), told.get("names", {})
    )


def _figures(told: Sequence[object]) -> list[int | None]:
    """Return the figures of a line. raises ValueError where they are not what is counted."""
    found = [each for each in told if each is None or type(each) is int]
    if len(found) != len(MEASURES) or len(told) != len(MEASURES):
        raise ValueError("other figures")
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence that says whether a file is genuine, and what it says if it is."""

    message: Message
    frozen: Frozen | None = None


def verify(text: str, ring: KeyRing) -> Verdict:
    """Check a file with the known keys. Knows nothing of corrections that came later."""
    try:
        frozen = parse(text)
    except Unreadable as refused:
        return Verdict(refused.message)
    if frozen.issuer != ring.issuer:
        return Verdict(Message(msg("The file is of another issuer than the key list.")))
    # A key that was withdrawn has signed nothing that counts; another signed in its own time.
    known = {
        key.kid: key.public
        for key in ring.keys
        if key.withdrawn is None and key.signs_at(frozen.at)
    }
    if not signed_json.is_sealed(signed_json.parse(text, KIND), known, is_signed_by):
        return Verdict(
            Message(msg("The file was changed, or no key that is known here signed it."))
        )
    return Verdict(Message(msg("The file is genuine: a known key signed these figures.")), frozen)
