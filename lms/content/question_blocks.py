"""Which blocks of a course are questions: the items of its banks, the checks of its lessons."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lms.content.faults import Faults
from lms.content.model import Block, CourseFacts, Document, Question
from lms.content.questions import facts_of, read_question
from lms.kernel.messages import msg

FACTS_LINE = re.compile(r"\{(?P<words>[^{}]*)\}\s*")
ITEM_ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]+-[0-9]{3}")
# A country's own question: the core has no code of this form, since digits follow its first hyphen.
OWN_ITEM_ID = re.compile(r"[A-Z]{2}-[A-Z][A-Z0-9]*-[0-9]+-[0-9]{3}")
_OWN_BANK = re.compile(r"nations/(?P<country>[a-z]{2})/[a-z]{2,3}/bank/(?P<module>[^/]+)\.md")
CHECK_ID = re.compile(r"[A-Z][A-Za-z0-9.-]{0,58}-c[0-9]{1,3}")


def own_bank(path: str) -> str:
    """Return with what the codes of a country's own bank begin: ``TN-MR-1``; empty for any other.

    path  of the file inside the course folder.
    """
    found = _OWN_BANK.fullmatch(path)
    return f"{found['country'].upper()}-{found['module']}" if found else ""


def _is_item_id(path: str, code: str) -> bool:
    own = own_bank(path)
    if own:
        return code.rpartition("-")[0] == own and OWN_ITEM_ID.fullmatch(code) is not None
    return ITEM_ID.fullmatch(code) is not None


def questions_in(
    facts: CourseFacts, documents: Mapping[str, Mapping[str, Document]], faults: Faults
) -> tuple[dict[str, dict[str, Question]], dict[str, dict[str, Question]]]:
    """Return the items and the checks of ``documents`` (language -> name -> file).

    Both by language, then by code. What is wrong is noted, and that question left out.
    """
    items: dict[str, dict[str, Question]] = {}
    checks: dict[str, dict[str, Question]] = {}
    others = sorted(set(documents) - {facts.source})
    for language in (facts.source, *others):
        sources = None if language == facts.source else (items, checks)
        found_items, found_checks = (
            items.setdefault(language, {}),
            checks.setdefault(language, {}),
        )
        for name, document in documents.get(language, {}).items():
            for block in document.blocks:
                is_item = name.startswith("bank/")
                known = sources[0 if is_item else 1][facts.source] if sources else None
                question = question_in(document, block, known, faults)
                _add(question, block, found_items if is_item else found_checks, faults)
    for question_id in set(items.get(facts.source, {})) & set(checks.get(facts.source, {})):
        faults.add("course.toml", 0, msg("The code %(code)s is used twice."), code=question_id)
    return items, checks


def question_in(
    document: Document, block: Block, known: Mapping[str, Question] | None, faults: Faults
) -> Question | None:
    """Return the question that a block is, None (and faults) where it is not one.

    known  the questions of the source language by code, when ``document`` is a translation.
    """
    if "/bank/" in document.path:
        return _item(document, block, known, faults)
    return _check(document, block, known, faults) if block.name == "check" else None


def _add(
    question: Question | None, block: Block, found: dict[str, Question], faults: Faults
) -> None:
    if question is None:
        return
    if question.id in found:
        faults.add(
            question.file, block.line, msg("The code %(code)s is used twice."), code=question.id
        )
    found[question.id] = question


def _item(
    document: Document, block: Block, known: Mapping[str, Question] | None, faults: Faults
) -> Question | None:
    item_id = block.title if block.name == "section" else ""
    is_known = known is not None and item_id in known
    if block.id or not (is_known or _is_item_id(document.path, item_id)):
        own = own_bank(document.path)
        if own:
            said = msg("This bank of a country holds its own items: ## %(code)s")
            faults.add(document.path, block.line, said, code=f"{own}-001")
        else:
            faults.add(document.path, block.line, msg("A bank holds items: ## MR-1-001"))
        return None
    lines = block.body.splitlines(keepends=True)
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    line = block.line + 1 + first
    found = FACTS_LINE.fullmatch(lines[first]) if lines else None
    if known is not None:
        if item_id not in known:
            faults.add(document.path, block.line, msg("The source language has no such question."))
            return None
        if found is not None:
            faults.add(document.path, line, msg("A translation has no line of facts in braces."))
            return None
        return read_question(
            item_id, "", {}, lines, document.path, block.line + 1, faults, source=known[item_id]
        )
    if found is None:
        faults.add(
            document.path, line, msg("Write the facts below the item: {single lesson=… section=…}")
        )
        return None
    kind, facts, strange = facts_of(found["words"].split())
    _strange(document.path, line, strange, faults)
    if kind == "short":
        faults.add(document.path, line, msg("A short text is for checks only, not for the bank."))
    return read_question(item_id, kind, facts, lines[first + 1 :], document.path, line + 1, faults)


def _check(
    document: Document, block: Block, known: Mapping[str, Question] | None, faults: Faults
) -> Question | None:
    check_id = block.words[0] if block.words else ""
    if not CHECK_ID.fullmatch(check_id):
        faults.add(document.path, block.line, msg("Name the check: ::: check MR-1.1-c1 single"))
        return None
    lines = block.body.splitlines(keepends=True)
    if known is not None:
        if check_id not in known:
            faults.add(document.path, block.line, msg("The source language has no such question."))
            return None
        return read_question(
            check_id, "", {}, lines, document.path, block.line + 1, faults, source=known[check_id]
        )
    kind, facts, strange = facts_of(block.words[1:])
    _strange(document.path, block.line, strange, faults)
    return read_question(check_id, kind, facts, lines, document.path, block.line + 1, faults)


def _strange(path: str, line: int, words: list[str], faults: Faults) -> None:
    if words:
        faults.add(
            path,
            line,
            msg("%(name)s is not known. Take it away or look for a typing error."),
            name=" ".join(words)[:80],
        )
