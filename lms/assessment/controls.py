"""The controls of a question as HTML, written directly.

A test has some two hundred controls. As template macros they cost half of the page's time, so
this one loop writes them: every value is either HTML that publication made safe, a code or a
number of ours, or escaped here. ``templates/assessment/quiz.html`` puts the frame around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from lms.kernel.cuts import in_menu

Said = Mapping[str, Sequence[str]]  # part -> what was chosen
Translate = Callable[[str], str]


def controls(
    item: str,
    kind: str,
    words: Mapping[str, Any],
    codes: Mapping[str, str],
    order: Any,  # noqa: ANN401 -- letters; a scenario's by step
    said: Said,
    _: Translate,
) -> str:
    """Return the controls of one question with what was chosen.

    words   of ``edition_item_text``: safe HTML, ``rights`` and ``unit`` plain text.
    codes   letter -> code in this attempt; order  the letters as this form shows them.
    _       says a sentence of the interface in the reader's language.
    """
    match kind:
        case "single":
            return "".join(_options("radio", item, "", order, codes, words["choices"], said))
        case "multiple":
            return "".join(_options("checkbox", item, "", order, codes, words["choices"], said))
        case "truefalse-reason":
            return _claim_and_reason(item, words, codes, order, said, _)
        case "ordering":
            return _ordering(item, words, codes, order, said, _)
        case "matching":
            return _matching(item, words, codes, order, said, _)
        case "scenario":
            return "".join(
                _step(item, number, step, codes, order, said, _)
                for number, step in enumerate(words["steps"], 1)
            )
        case _:  # numeric
            return _number(item, words, said, _)


def _claim_and_reason(
    item: str,
    words: Mapping[str, Any],
    codes: Mapping[str, str],
    order: Sequence[str],
    said: Said,
    _: Translate,
) -> str:
    claims = {"true": escape(_("True")), "false": escape(_("False"))}
    return (
        f'<div role="group" aria-label="{escape(_("Is the statement true?"))}">'
        f"{''.join(_options('radio', item, 'claim', ('true', 'false'), codes, claims, said))}"
        f'</div><div role="group" aria-label="{escape(_("The reason"))}">'
        f'<p class="hint">{escape(_("Because:"))}</p>'
        f"{''.join(_options('radio', item, 'reason', order, codes, words['choices'], said))}"
        "</div>"
    )


def _ordering(
    item: str,
    words: Mapping[str, Any],
    codes: Mapping[str, str],
    order: Sequence[str],
    said: Said,
    _: Translate,
) -> str:
    hint = escape(_("Give each line its place, 1 for the first."))
    places = {str(place): str(place) for place in range(1, len(order) + 1)}
    rows = [
        _row(item, codes[letter], words["choices"][letter], _("Place"), places, said)
        for letter in order
    ]
    return f'<p class="hint">{hint}</p>{"".join(rows)}'


def _matching(
    item: str,
    words: Mapping[str, Any],
    codes: Mapping[str, str],
    order: Sequence[str],
    said: Said,
    _: Translate,
) -> str:
    texts = [words["rights"][letter] for letter in order]
    short = in_menu(texts)
    rights = {
        codes[letter]: escape(text) for letter, text in zip(order, short or texts, strict=True)
    }
    lefts = "".join(
        _row(item, codes[letter], left, _("choose"), rights, said)
        for letter, left in words["lefts"].items()
    )
    if short is None:
        return lefts
    # A closed menu cuts what is long, so it is read here.
    hint = escape(_("For each line below, choose one of these:"))
    return (
        f'<p class="hint">{hint}</p>'
        f"<ol>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ol>{lefts}"
    )


def _number(item: str, words: Mapping[str, Any], said: Said, _: Translate) -> str:
    typed = escape(str((said.get("") or [""])[0]), quote=True)
    return (
        f'<label class="row"><span>{escape(_("Your answer"))}</span> <input class="num" '
        f'type="text" inputmode="decimal" autocomplete="off" maxlength="20" name="a.{item}" '
        f'value="{typed}"> <span>{escape(words["unit"])}</span></label>'
    )


def _options(
    type_: str,
    item: str,
    part: str,
    letters: Sequence[str],
    codes: Mapping[str, str],
    words: Mapping[str, str],
    said: Said,
    prefix: str = "",
) -> Iterator[str]:
    name = f"a.{item}:{part}" if part else f"a.{item}"
    chosen = said.get(part, ())
    for letter in letters:
        code = codes[prefix + letter]
        checked = " checked" if code in chosen else ""
        yield (
            f'<label class="opt"><input type="{type_}" name="{name}" value="{code}"{checked}> '
            f"<span>{words[letter]}</span></label>"
        )


def _row(
    item: str, part: str, words: str, first: str, choices: Mapping[str, str], said: Said
) -> str:
    chosen = (said.get(part) or [""])[0]
    options = []
    for value, text in choices.items():
        named = "" if value == text else f' value="{value}"'
        selected = " selected" if value == chosen else ""
        options.append(f"<option{named}{selected}>{text}</option>")
    return (
        f'<label class="pair"><span>{words}</span> <select name="a.{item}:{part}">'
        f'<option value="">{escape(first)}</option>{"".join(options)}</select></label>'
    )


def _step(
    item: str,
    number: int,
    step: Mapping[str, Any],
    codes: Mapping[str, str],
    order: Mapping[str, Sequence[str]],
    said: Said,
    _: Translate,
) -> str:
    name = step["id"]
    legend = escape(_("Decision %(number)s") % {"number": number})
    rows = _options("radio", item, name, order[name], codes, step["choices"], said, f"{name}.")
    return (
        f'<fieldset class="step"><legend class="vh">{legend}</legend>'
        f'<div class="stem">{step["prompt"]}</div>{"".join(rows)}</fieldset>'
    )
