"""A question to check oneself on paper; its answer stands at the end of the lesson."""

from __future__ import annotations

from html import escape

from lms.content.markdown import inline, plain
from lms.content.model import Question
from lms.content.solutions import Words, listed, shuffled, solution


def check_on_paper(question: Question, words: Words) -> str:
    """Return the question with room for an answer."""
    lines = ['<section class="check">', f"<h2>{words.label('check')}</h2>"]
    lines.append(words.rich(question.stem))
    box, rows = "☐", [inline(each.text) for each in question.choices]
    if question.kind == "multiple":
        lines.append(f"<p>{words.label('choose', count=question.facts['choose'])}</p>")
    if question.kind == "ordering":  # room for the number of the place
        box = "____"
        rows = [inline(each.text) for each in shuffled(question.id, question.choices)]
    if question.kind == "truefalse-reason":
        lines += [f'<p class="tick">☐ {words.label(value)}</p>' for value in ("true", "false")]
        lines.append(f"<p>{words.label('reason')}</p>")
    if question.kind == "matching":
        rights = [plain(right) for *_, right in shuffled(question.id, question.pairs)]
        box, rows = "", [f"{inline(left)} ____" for _, left, _ in question.pairs if left]
        lines.append(f"<p>{words.label('choose_from')}</p>{listed(rights)}")
    if question.kind in {"numeric", "short"}:
        unit = escape(plain(question.unit)) if question.unit else ""
        box, rows = "", [f"{words.label('your_answer')} ________ {unit}"]
    lines += [f'<p class="tick">{f"{box} {row}".strip()}</p>' for row in rows]
    for step in question.steps:
        lines.append(words.rich(step.prompt))
        lines += [f'<p class="tick">☐ {inline(each.text)}</p>' for each in step.choices]
    return "\n".join([*lines, "</section>"])


def answer_on_paper(question: Question, number: int, words: Words) -> str:
    """Return the right answer of the question ``number`` of a lesson, a line of a list."""
    return f'<li value="{number}">{solution(question, words)}</li>'
