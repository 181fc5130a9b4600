"""Letters and signs that only look right: two scripts in a word, signs of another language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import name

from lms.content.model import Course
from lms.content.quality.findings import Finding, finding
from lms.content.quality.passages import MARKS, Line, lines_of
from lms.content.quality.texts import texts_of
from lms.kernel.messages import Message, msg
from lms.kernel.names import script_of

# Translators: letters of these scripts; stands in a list.
SCRIPTS = {
    "LATIN": Message(msg("Latin")),
    "CYRILLIC": Message(msg("Cyrillic")),
    "ARABIC": Message(msg("Arabic")),
}
_LETTERS = re.compile(rf"[^\W\d_][^\W\d_{MARKS}]*")
# Nearly every word is of one script; only the others are looked at letter by letter.
_ONE_SCRIPT = re.compile(
    rf"[A-Za-z\u00c0-\u024f]+|[\u0400-\u0481\u048a-\u052f]+|[\u0620-\u064a{MARKS}]+"
)
# Arabic joins "and", "in", "for" and the article to the next word, also to a name in Latin letters.
_JOINED = re.compile(r"[وفبلك]?(?:ال)?(?=[A-Za-z])")
_LONE = re.compile(
    r"(?<=[а-яёәғқңөұүһі,] )[acekopxyACEHIKMOPTXi](?= [а-яёәғқңөұүһі])", re.IGNORECASE
)
_ARABIC = "\u0621-\u064a"
_LATIN_SIGN = re.compile(rf"(?:(?<=[{_ARABIC}{MARKS}»”)])|(?<=[{_ARABIC}] ))[,;?]")
ARABIC_SIGNS = {",": "،", ";": "؛", "?": "؟"}
# The quotation marks of each language that are not straight; English keeps its typewriter ones.
QUOTES = {"fr": "« »", "ar": "« »", "ru": "« »", "kk": "« »"}
_APOSTROPHE = re.compile(r"[^\W\d_]+'[^\W\d_]+")
# A sign of two parts keeps its distance in French; not in a time (10:20) or an address.
_CLOSE = re.compile(
    r"(?:(?<=[^\s\u00a0\u202f?!:;»]) |(?<=[^\W\d_])|(?<=[)»]))(?P<sign>[;:!?»])"
    r"(?=[\s\u00a0\u202f.,)|»]|$)"
)
_OPEN = re.compile(r"(?P<sign>«)(?![\u00a0\u202f])")


def sign_findings(course: Course) -> Iterator[Finding]:
    """Yield every wrong letter and sign of every text, those of countries included."""
    for language, document in texts_of(course):
        for line in lines_of(document):
            yield from _scripts(line)
            if language in {"ru", "kk"} and (found := _LONE.search(line.text)):
                yield finding("script.lone", line.file, line.number, letter=found[0])
            if language == "ar" and (found := _LATIN_SIGN.search(line.text)):
                yield finding(
                    "sign.arabic",
                    line.file,
                    line.number,
                    sign=found[0],
                    wanted=ARABIC_SIGNS[found[0]],
                )
            if language in QUOTES and '"' in line.text:
                yield finding("sign.quote", line.file, line.number, wanted=QUOTES[language])
            if language == "fr":
                yield from _french(line)


def _scripts(line: Line) -> Iterator[Finding]:
    for word in _LETTERS.findall(line.text):
        if _ONE_SCRIPT.fullmatch(word):
            continue
        if joined := _JOINED.match(word):
            word = word[joined.end() :]
        found = {letter: script_of(letter) for letter in word}
        used = [script for script in SCRIPTS if script in found.values()]
        if len(used) > 1:
            fewer = min(used, key=list(found.values()).count)
            letters = ", ".join(name(each).lower() for each, s in found.items() if s == fewer)
            yield finding(
                "script.mixed",
                line.file,
                line.number,
                word=word,
                one=SCRIPTS[used[0]],
                other=SCRIPTS[used[1]],
                letters=letters,
            )


def _french(line: Line) -> Iterator[Finding]:
    if found := _CLOSE.search(line.text) or _OPEN.search(line.text):
        yield finding("sign.space", line.file, line.number, sign=found["sign"])
    if found := _APOSTROPHE.search(line.text):
        yield finding("sign.apostrophe", line.file, line.number, word=found[0])
