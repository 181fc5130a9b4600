"""The fixed words inside a compiled lesson. Whoever compiles says them in the lesson's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms.kernel.messages import msg

LABELS: Mapping[str, str] = {
    # Translators: heading above the list of what one can do after the lesson.
    "objectives": msg("After this lesson you can"),
    # Translators: heading of a short story from the work in a prison.
    "practice": msg("From practice"),
    # Translators: heading above a list of right ways to act.
    "do": msg("Do"),
    # Translators: heading above a list of what must not be done.
    "dont": msg("Do not"),
    # Translators: heading of a box with the law and the forms of the reader's own country.
    "box": msg("In your country"),
    # Translators: in such a box, where the country has written nothing yet.
    "box_empty": msg("Your country has not written its text here yet. Ask your supervisor."),
    "box_draft": msg("Draft, not yet confirmed by the national school."),
    "box_review": msg("The law has changed. This text is under review."),
    # Translators: %(source)s is the name of a law, %(date)s a day.
    "box_source": msg("Legal source: %(source)s. Checked on %(date)s."),
    # Translators: the same where nobody says when it was checked.
    "box_law": msg("Legal source: %(source)s."),
    # Translators: in such a box: which law says so is not known yet.
    "box_unnamed": msg("The legal source is still to be named."),
    # Translators: heading of a note on women, mental health or personal data.
    "attention": msg("Pay attention"),
    # Translators: heading of a question that readers answer for themselves, without a mark.
    "check": msg("Check yourself"),
    "check_button": msg("Check my answer"),
    "answer": msg("Show the answer"),
    # Translators: heading above the right answers at the end of a printed lesson.
    "answers": msg("Answers"),
    "right": msg("Right"),
    "wrong": msg("Not quite"),
    # Translators: before the right answer of a question.
    "right_answer": msg("Right answer:"),
    "choose": msg("Choose %(count)s."),
    # Translators: the two choices of a question about a statement.
    "true": msg("True"),
    "false": msg("False"),
    "reason": msg("Because:"),
    # Translators: label of a choice of places in an order; %(place)s is a number from 1.
    "place": msg("Place"),
    "choose_one": msg("choose"),
    # Translators: above a list with numbers; below it stand lines, each with a menu.
    "choose_from": msg("For each line below, choose one of these:"),
    "your_answer": msg("Your answer"),
    "keypoints": msg("Key points"),
    "sources": msg("Sources"),
    "glossary": msg("Words used here"),
    "trainer": msg("For the trainer"),
    # Translators: below a picture in a lesson: how much it is to load.
    "picture": msg("Picture, %(size)s kB"),
    # Translators: above a part of a lesson that is shown in another language.
    "fallback": msg("This part is not yet translated."),
}


def spoken(translate: Callable[[str], str]) -> dict[str, str]:
    """Return all labels by key, each said by ``translate``: msgid in, sentence out."""
    return {key: translate(msgid) for key, msgid in LABELS.items()}
