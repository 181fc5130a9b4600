"""What stands between the braces of GIFT: one reader for each type of question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal

from lms.authoring.questions.understood import (
    ANY_OTHER,
    FORMATS,
    FULL,
    MATCHING,
    MULTIPLE,
    NOTHING,
    NUMERIC,
    SHORT,
    SINGLE,
    TRUEFALSE,
    ZERO,
    Notes,
    Option,
    Pair,
    Text,
    Understood,
    is_full,
    number,
    percent,
    positive_sum,
)
from lms.kernel.messages import msg

WEIGHT = re.compile(r"%\s*(-?(?:[0-9]{1,3}(?:\.[0-9]{0,15})?|\.[0-9]{1,15}))\s*%")
WITH_COMMA = re.compile(r"%-?[0-9]{1,3},[0-9]{0,15}%")
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?")
FEWEST_PAIRS, WANTED_PAIRS = 2, 3
NOT_A_NUMBER = msg("%(answer)s is no number. Write 15, 15:2 or 13..17, with a point for decimals.")
TWO_PAIRS = msg("A matching should have three pairs: with two, one answer tells both.")

# While the structure is read, escaped signs are halves of surrogates: no text can hold them.
_ESCAPED = re.compile(r"\\([\\:#={}~n])")
_SIGNS = dict(zip(":#={}~n", map(chr, range(0xD801, 0xD808)), strict=True))
_ASIDE = _SIGNS | {"\\": "\\"}
_BACK = {ord(half): "\n" if sign == "n" else sign for sign, half in _SIGNS.items()}
_EXACT = Context(prec=120)
_LOOKS_TRUE = frozenset({"t", "f", "true", "false"})


def aside(text: str) -> str:
    """Return the text with its escaped signs put aside; a double backslash becomes one."""
    return _ESCAPED.sub(lambda sign: _ASIDE[sign[1]], text)


def plain(text: str) -> str:
    """Return the text with the signs back that were put aside."""
    return text.translate(_BACK)


def text_of(raw: str, usual: str) -> Text:
    """Return a text whose first word may say its format: ``[html]``."""
    raw = raw.strip()
    for name in FORMATS:
        if raw.startswith(f"[{name}]"):
            return Text(plain(raw[len(name) + 2 :]).strip(), name)
    return Text(plain(raw).strip(), usual)


@dataclass(frozen=True, slots=True)
class Item:
    """The braces of one question without general feedback, and what is known of it."""

    body: str
    stem: Text
    name: str
    feedback: Text
    line: int
    notes: Notes

    def question(
        self, kind: str, options: tuple[Option, ...] = (), pairs: tuple[Pair, ...] = ()
    ) -> Understood:
        """Return the question of this kind."""
        return Understood(kind, self.name, self.stem, options, pairs, feedback=self.feedback)

    def error(self, code: str, msgid: str, **values: object) -> None:
        """Note why the question is not taken."""
        self.notes.error(code, self.line, self.name, msgid, **values)

    def warn(self, code: str, msgid: str, **values: object) -> None:
        """Note what somebody should look at."""
        self.notes.warn(code, self.line, self.name, msgid, **values)

    def said(self, raw: str) -> tuple[Text, Text]:
        """Return an answer and the feedback behind its ``#``."""
        text, _, feedback = raw.partition("#")
        return text_of(text, self.stem.format), text_of(feedback, self.stem.format)

    def weighed(self, raw: str, usual: Decimal) -> tuple[Decimal | None, str]:
        """Return the weight before an answer and the rest; None for one that cannot be."""
        found = WEIGHT.match(raw)
        if found is None:
            if WITH_COMMA.match(raw):
                self.error(
                    "weight",
                    msg("Write the weight %(weight)s with a point, not a comma."),
                    weight=raw[: raw.index("%", 1) + 1],
                )
                return None, raw
            return usual, raw
        weight = percent(found[1].rstrip("."))
        if abs(weight) > FULL:
            self.error(
                "weight",
                msg("A weight is a number from -100 to 100, not %(weight)s."),
                weight=number(weight),
            )
            return None, raw
        return weight, raw[found.end() :].strip()

    def answers(self, body: str) -> list[str]:
        """Return what stands between the signs ``=``; the first one may be left out."""
        parts = [part.strip() for part in body.split("=")]
        if not parts[0]:
            parts.pop(0)
        filled = [part for part in parts if part]
        if len(filled) < len(parts):
            self.empty(len(parts) - len(filled))
        return filled

    def empty(self, count: int) -> None:
        """Say that answers without text are left out."""
        self.warn("empty", msg("Answers without text are left out: %(count)s."), count=count)


def _choice(item: Item) -> Understood | None:
    several = "=" not in item.body
    pieces = re.split(r"([~=])", item.body)
    parts = [("", pieces[0].strip()), *zip(pieces[1::2], map(str.strip, pieces[2::2]), strict=True)]
    if not parts[0][1]:
        parts.pop(0)
    else:
        item.warn("sign", msg("An answer stands before the first ~ or =. It counts as wrong."))
    options, empty = [], 0
    for sign, raw in parts:
        weight: Decimal | None = FULL
        if sign != "=":
            weight, raw = item.weighed(raw, ZERO)
        elif WEIGHT.match(raw):
            item.warn(
                "weight", msg("A weight behind = is text here. Write ~%%50%% in place of =%%50%%.")
            )
        if weight is None:
            return None
        text, feedback = item.said(raw)
        if not text:
            empty += 1
            continue
        options.append(Option(text, weight, feedback))
    if empty:
        item.empty(empty)
    if len(options) < 2:
        item.error("answers", msg("A choice needs at least two answers."))
        return None
    found = tuple(options)
    total = positive_sum(found)
    if several and not is_full(total):
        item.warn(
            "sum",
            msg("The weights of the right answers add up to %(sum)s %%, not 100 %%."),
            sum=number(total),
        )
    elif not several and not any(option.weight == FULL for option in found):
        item.warn("sum", msg("No answer has the weight 100."))
    return item.question(MULTIPLE if several else SINGLE, found)


def _short(item: Item) -> Understood | None:
    options, empty = [], 0
    for raw in item.answers(item.body):
        weight, rest = item.weighed(raw, FULL)
        if weight is None:
            return None
        text, feedback = item.said(rest)
        if not text:
            empty += 1
            continue
        options.append(Option(text, weight, feedback))
    if empty:
        item.empty(empty)
    if not options:
        item.error("answers", msg("The question has no answer."))
        return None
    if all(option.weight != FULL for option in options):
        item.warn("sum", msg("No answer has the weight 100."))
    if len(options) == 1 and options[0].text.text.casefold() in _LOOKS_TRUE:
        item.warn(
            "truefalse",
            msg("This is read as a short text. For true or false write {TRUE} or {FALSE}."),
        )
    return item.question(SHORT, tuple(options))


def _numeric(item: Item) -> Understood | None:
    body, tilde, other = item.body[1:].partition("~")
    options: list[Option] = []
    for raw in item.answers(body):
        weight, rest = item.weighed(raw, FULL)
        if weight is None:
            return None
        text, feedback = item.said(rest)
        if text.text == ANY_OTHER:
            options.append(Option(text, ZERO if weight == FULL else weight, feedback))
            continue
        found = _value(text.text, item)
        if found is None:
            return None
        value, tolerance = found
        options.append(Option(Text(number(value), "plain"), weight, feedback, tolerance))
    if not any(option.text.text != ANY_OTHER for option in options):
        item.error("answers", msg("The question has no answer."))
        return None
    if tilde:
        _, rest = item.weighed(other.strip(), ZERO)
        text, feedback = item.said(rest)
        said = feedback or (NOTHING if text.text == ANY_OTHER else text)
        options.append(Option(Text(ANY_OTHER, "plain"), ZERO, said))
    if all(option.weight != FULL for option in options):
        item.warn("sum", msg("No answer has the weight 100."))
    return item.question(NUMERIC, tuple(options))


def _value(text: str, item: Item) -> tuple[Decimal, Decimal] | None:
    """Return the centre and half the width of ``15``, ``15:2`` or ``13..17``."""
    found = interval(text)
    if found is None:
        item.error(
            "number",
            NOT_A_NUMBER,
            answer=text[:40],
        )
    return found


def interval(text: str) -> tuple[Decimal, Decimal] | None:
    """Return the centre and half the width of ``n``, ``n:tolerance`` or ``low..high``."""
    if text.find("..") > 0:
        low, high = (_number(part) for part in text.split("..", 1))
        if low is None or high is None or low > high:
            return None
        middle = _EXACT.divide(_EXACT.add(low, high), Decimal(2))
        return middle, _EXACT.subtract(high, middle)
    value, sign, width = text.partition(":")
    centre, tolerance = _number(value), _number(width) if sign else ZERO
    if centre is None or tolerance is None or tolerance < 0:
        return None
    return centre, tolerance


def _number(text: str) -> Decimal | None:
    text = text.strip()
    return Decimal(text) if NUMBER.fullmatch(text) else None


def _matching(item: Item) -> Understood | None:
    pairs = []
    for raw in item.answers(item.body):
        left, arrow, right = raw.partition("->")
        said = plain(right).strip()
        if not arrow or not said:
            item.error(
                "matching",
                msg("Write each pair as =left -> right: %(answer)s"),
                answer=plain(raw)[:60],
            )
            return None
        pairs.append(Pair(text_of(left, item.stem.format), said))
    lefts = sum(bool(pair.left) for pair in pairs)
    if lefts < FEWEST_PAIRS:
        item.error("answers", msg("A matching needs at least two pairs."))
        return None
    if lefts < WANTED_PAIRS:
        item.warn("pairs", TWO_PAIRS)
    return item.question(MATCHING, pairs=tuple(pairs))


def _truefalse(item: Item) -> Understood:
    word, *said = item.body.split("#", 2)
    wrong, right = (text_of(said[n] if n < len(said) else "", item.stem.format) for n in (0, 1))
    true = word.strip() in {"T", "TRUE"}
    return item.question(
        TRUEFALSE,
        (
            Option(Text("true", "plain"), FULL if true else ZERO, right if true else wrong),
            Option(Text("false", "plain"), ZERO if true else FULL, wrong if true else right),
        ),
    )


READERS: Mapping[str, Callable[[Item], Understood | None]] = {
    SINGLE: _choice, NUMERIC: _numeric, MATCHING: _matching, TRUEFALSE: _truefalse, SHORT: _short,
}  # fmt: skip
