"""What pages call the columns of a sheet of questions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lms.authoring.questions.sheet_columns import FIELDS as NAMES
from lms.kernel.messages import msg

COLUMN_WORDS: Mapping[str, str] = {
    # Translators: what a column of a sheet of questions holds; labels of fields in a form.
    "type": msg("Type of question"),
    "name": msg("Name of the question"),
    "question": msg("Words of the question"),
    "correct": msg("Right answer"),
    "points": msg("Points"),
    "feedback": msg("Feedback on the question"),
    "category": msg("Category"),
    "language": msg("Language"),
    "id": msg("Code of the question"),
    # Translators: answer is the text of a choice.
    "option": msg("Answer %(number)s"),
    "weight": msg("Weight of answer %(number)s"),
    "feedback_on": msg("Feedback on answer %(number)s"),
}
# Field of a question -> what it is called, and the number of the answer that it is about.
FIELDS: dict[str, tuple[str, int]] = {}
for _name in NAMES:
    _found = re.fullmatch(r"(option|weight|feedback)([0-9]+)", _name)
    _word = {"feedback": "feedback_on"}.get(_found[1], _found[1]) if _found else _name
    FIELDS[_name] = (_word, int(_found[2]) if _found else 0)
# What nearly every sheet has; the others stand behind a line that opens.
USUAL = frozenset(
    {"type", "question", "correct", "feedback", "option1", "option2", "option3", "option4"}
)
