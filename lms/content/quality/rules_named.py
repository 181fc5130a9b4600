"""The numbers of Rules that a text names: they exist, and every language names the same ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.content.model import Block, Course, Document
from lms.content.quality.findings import Finding, finding
from lms.content.quality.passages import lines_in
from lms.kernel.messages import Message, msg

MANDELA, BANGKOK, OTHER = "Nelson Mandela", "Bangkok", ""
# Standard Minimum Rules for the Treatment of Prisoners, A/RES/70/175: Rules 1 to 122.
# Rules for the Treatment of Women Prisoners, A/RES/65/229: Rules 1 to 70.
MOST = {MANDELA: 122, BANGKOK: 70}
# How a finding calls them.
COLLECTIONS = {
    MANDELA: Message(msg("Nelson Mandela Rules")),
    BANGKOK: Message(msg("Bangkok Rules")),
}
# Other collections whose rules have numbers of their own: those are not judged.
NAMES = {
    MANDELA: r"Nelson Mandela|Mandela|نيلسون مانديلا|مانديلا|Нельсон\w* Мандел\w*|Мандел\w*",
    BANGKOK: r"Bangkok|بانكوك|Бангкок\w*",
    OTHER: r"Tokyo|Beijing|Pékin|Havana|Riyadh|European Prison|pénitentiaires européennes"
    r"|طوكيو|بكين|بيجين|Токи\w*|Пекин\w*|Бейжің\w*|Европейск\w*|Еуропалық",
}
_NAMED = re.compile("|".join(f"(?P<n{n}>{words})" for n, words in enumerate(NAMES.values())))

# "54", "54(1)", "54, 55 and 80", "12 to 22", "12–22", "19 and 40, and 28", in any digits.
_AND = (
    r"(?:,? ?(?:and|or|as well as|et|ou|ainsi que|و|и|или|а также|және|мен|пен|бен|немесе"
    r"|сондай-ақ) (?:من )?|[,،] ?|،? ?و(?:من )?)"
)
_TO = r"(?: ?[–-] ?| (?:to|à|إلى|до|по) )"
_ONE = r"(?<!\d)\d{1,3}(?!\d)(?:\(\d\))?"  # four digits are a year
_LIST = rf"{_ONE}(?:(?:{_AND}|{_TO}){_ONE})*"
_GAP = r"[ \u00a0\u202f]\(?"
# Kazakh puts the word behind: "56 және 57-ережелер", "12-ден 22-ге дейінгі ережелер".
_KK_ONE = rf"{_ONE}(?:-\w{{2,4}}(?= \d| дейін|,| және))?(?: дейінгі)?"
_KK = (
    rf"(?P<list>{_KK_ONE}(?:(?:{_AND}|{_TO}| ){_KK_ONE})*)(?:-|(?<=дейінгі) )(?:ереже|қағида(?!т))"
)
FORMS = {
    "en": rf"\b[Rr]ules?{_GAP}(?P<list>{_LIST})",
    "fr": rf"\b[Rr]ègles?{_GAP}(?P<list>{_LIST})",
    "ar": rf"(?:قاعدة|قاعدتان|قاعدتين|قواعد){_GAP}(?:من )?(?P<list>{_LIST})",
    "ru": rf"\b[Пп]равил(?:о|а|у|ом|е|ам|ами|ах)?{_GAP}(?P<list>{_LIST})",
    "kk": _KK,
}
_PATTERNS = {language: re.compile(form) for language, form in FORMS.items()}
_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(rf"(\d+)(?:-\w{{2,4}} |{_TO})(\d+)")
# No collection has more rules: a range that ends beyond it is a slip, not a list to write out.
MOST_IN_A_RANGE = 200
# Between a number and the name that it belongs to stand no other number and no end of a sentence;
# behind a comma the name belongs to the next one: "Rule 43, Bangkok Rule 23".
NEAR = 45
_APART = re.compile(r"[.;)]|\d")
_BEHIND = re.compile(r"[.;),]|\d")


@dataclass(frozen=True, slots=True)
class Named:
    """Rules that one line names together: their numbers, ranges filled, and whose they are."""

    file: str
    line: int
    instrument: str
    numbers: tuple[int, ...]


def rules_in(language: str, file: str, block: Block) -> Iterator[Named]:
    """Yield the rules that a block names; nothing for a language without a pattern."""
    pattern = _PATTERNS.get(language)
    if pattern is None:
        return
    for line in lines_in(file, block):
        for found in pattern.finditer(line.text):
            numbers = tuple(int(each) for each in _NUMBER.findall(_plain(found["list"])))
            for low, high in _RANGE.findall(_plain(found["list"])):
                numbers += tuple(range(int(low) + 1, min(int(high), MOST_IN_A_RANGE)))
            whose = _instrument(line.text, found.start(), found.end())
            yield Named(file, line.number, whose, numbers)


def _plain(listed: str) -> str:
    return re.sub(r"\(\d\)", "", listed)


def _instrument(text: str, start: int, end: int) -> str:
    """Return whose rule it is: by a name right behind, right before, or before a colon."""
    after = _NAMED.search(text, end, end + NEAR)
    if after and not _BEHIND.search(text, end, after.start()):
        return _name(after)
    before = list(_NAMED.finditer(text, 0, start))
    if before:
        between = text[before[-1].end() : start]
        listed = re.sub(r"\([^)]*\)", "", between)
        if not _APART.search(between) or ":" in listed[:25]:
            return _name(before[-1])
    return MANDELA


def _name(found: re.Match[str]) -> str:
    return next(name for n, name in enumerate(NAMES) if found[f"n{n}"])


def rule_findings(course: Course) -> Iterator[Finding]:
    """Yield every number of a Rule that does not exist or that a translation does not share."""
    for language in course.languages:
        for name, document in course.documents[language].items():
            source = course.documents[course.facts.source].get(name)
            for block in document.blocks:
                named = list(rules_in(language, document.path, block))
                yield from _unknown(named)
                if source is not None and language != course.facts.source:
                    yield from _differing(course, document, source, block, named)


def _unknown(named: list[Named]) -> Iterator[Finding]:
    for each in named:
        most = MOST.get(each.instrument)
        if most is None:
            continue
        for number in dict.fromkeys(each.numbers):
            if not 1 <= number <= most:
                yield finding(
                    "rule.unknown",
                    each.file,
                    each.line,
                    rule=number,
                    most=most,
                    instrument=COLLECTIONS[each.instrument],
                )


def _differing(
    course: Course, document: Document, source: Document, block: Block, named: list[Named]
) -> Iterator[Finding]:
    twin = _twin(source, block)
    if twin is None or course.facts.source not in _PATTERNS:
        return
    theirs = _numbers(rules_in(course.facts.source, source.path, twin))
    ours = _numbers(iter(named))
    if ours != theirs:
        line = named[0].line if named else block.line
        yield finding("rule.differs", document.path, line, source=_said(theirs), here=_said(ours))


def _twin(source: Document, block: Block) -> Block | None:
    if block.id:
        return source.block(block.id)
    return next((each for each in source.blocks if each.title == block.title), None)


def _numbers(named: Iterator[Named]) -> list[int]:
    return sorted({number for each in named for number in each.numbers})


def _said(numbers: list[int]) -> Message:
    if not numbers:
        # Translators: stands where "Rule 54" or "Rules 54, 55" stands otherwise.
        return Message(msg("no Rule"))
    if len(numbers) == 1:
        return Message(msg("Rule %(number)s"), {"number": numbers[0]})
    return Message(msg("Rules %(numbers)s"), {"numbers": ", ".join(map(str, numbers))})
