"""A question to check oneself on a page: a form that the page itself compares with the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from lms.content.markdown import inline, plain
from lms.content.model import Choice, Question
from lms.content.solutions import Words, every_choice, listed, shuffled, solution
from lms.kernel.cuts import in_menu


def check_on_page(block_id: str, question: Question, words: Words) -> str:
    """Return the question that stands in a block, with its answer folded away below."""
    rows = "".join(_controls(question, words))
    hint = ""
    if question.kind == "multiple":
        hint = f'<p class="hint">{words.label("choose", count=question.facts["choose"])}</p>'
    steps = " data-steps" if question.steps else ""
    return (
        f'<section class="check">'
        f'<h2 id="{block_id}">{words.label("check")}</h2>'
        f'<form method="dialog" data-check{steps} '
        f'data-check-label="{words.label("check_button")}" '
        f'data-right-label="{words.label("right")}" '
        f'data-wrong-label="{words.label("wrong")}">'
        f'<div class="stem" id="{question.id}-q">{words.rich(question.stem)}</div>'
        f'<fieldset aria-labelledby="{question.id}-q">{hint}{rows}</fieldset>'
        f'<details class="answer"><summary>{words.label("answer")}</summary>'
        f"{_answer(question, words)}</details></form></section>"
    )


def _controls(question: Question, words: Words) -> Iterator[str]:
    name = escape(question.id)
    if question.kind == "truefalse-reason":
        for value in ("true", "false"):
            yield _option(
                "radio",
                f"{name}-claim",
                value,
                words.label(value),
                right=question.facts["claim"] == value,
            )
        yield f'<p class="hint">{words.label("reason")}</p>'
    if question.kind in {"single", "multiple", "truefalse-reason"}:
        yield from _choices(
            "checkbox" if question.kind == "multiple" else "radio", name, question.choices
        )
    elif question.kind == "ordering":
        yield from _ordering(question, words)
    elif question.kind == "matching":
        yield from _matching(question, words)
    elif question.kind == "scenario":
        for step in question.steps:
            yield f'<fieldset class="step" aria-labelledby="{name}-{step.id}">'
            yield f'<div class="stem" id="{name}-{step.id}">{words.rich(step.prompt)}</div>'
            yield from _choices("radio", f"{name}-{step.id}", step.choices)
            yield "</fieldset>"
    else:
        yield _typed(question, words)


def _choices(kind: str, name: str, choices: Iterable[Choice]) -> Iterator[str]:
    for each in choices:
        yield _option(kind, name, each.letter, inline(each.text), right=each.right)


def _option(kind: str, name: str, value: str, html: str, *, right: bool) -> str:
    return (
        f'<label class="opt"{" data-right" if right else ""}><input type="{kind}" name="{name}" '
        f'value="{value}"> <span>{html}</span></label>'
    )


def _ordering(question: Question, words: Words) -> Iterator[str]:
    places = {each.letter: n for n, each in enumerate(question.choices, 1)}
    numbers = "".join(f"<option>{n}</option>" for n in range(1, len(places) + 1))
    for each in shuffled(question.id, question.choices):
        yield (
            f'<label class="pair"><span>{inline(each.text)}</span> '
            f'<select name="{escape(question.id)}-{each.letter}" '
            f'data-answer="{places[each.letter]}"><option value="">'
            f"{words.label('place')}</option>{numbers}</select></label>"
        )


def _matching(question: Question, words: Words) -> Iterator[str]:
    rights = shuffled(question.id, question.pairs)
    texts = [plain(right) for *_, right in rights]
    short = in_menu(texts)
    options = "".join(
        f'<option value="{letter}">{escape(text)}</option>'
        for (letter, *_), text in zip(rights, short or texts, strict=True)
    )
    if short:
        yield f'<p class="hint">{words.label("choose_from")}</p>{listed(texts)}'
    for letter, left, _ in question.pairs:
        if left:
            yield (
                f'<label class="pair"><span>{inline(left)}</span> '
                f'<select name="{escape(question.id)}-{letter}" data-answer="{letter}">'
                f'<option value="">{words.label("choose_one")}</option>{options}'
                f"</select></label>"
            )


def _typed(question: Question, words: Words) -> str:
    facts = question.facts
    answers = "|".join(question.accepts) or facts.get("value", "")
    unit = f" <span>{escape(plain(question.unit))}</span>" if question.unit else ""
    mode = ' inputmode="decimal" class="num"' if question.kind == "numeric" else ""
    if float(facts.get("tolerance", "0")):
        mode = f' data-tolerance="{escape(facts["tolerance"])}"{mode}'
    return (
        f'<label class="row">{words.label("your_answer")} <input type="text" dir="auto" '
        f'autocomplete="off" name="{escape(question.id)}" data-answer="{escape(answers)}"'
        f"{mode}>{unit}</label>"
    )


def _answer(question: Question, words: Words) -> str:
    right = solution(question, words)
    label = f"<strong>{words.label('right_answer')}</strong>"
    in_lines = question.kind == "ordering"
    parts = [f"<p>{label}</p>{right}" if in_lines else f"<p>{label} {right}</p>"]
    parts += [
        f'<p class="why" data-for="{each.letter}"><strong>{inline(each.text)}</strong> '
        f"{inline(each.why)}</p>"
        for each in every_choice(question)
        if each.why
    ]
    if question.why:
        parts.append(words.rich(question.why))
    return "".join(parts)
