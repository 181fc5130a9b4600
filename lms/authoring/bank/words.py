"""What pages call the kinds of questions, and how each is marked in words."""

from __future__ import annotations

from collections.abc import Mapping

from lms.kernel.messages import msg

KIND_WORDS: Mapping[str, str] = {
    # Translators: kinds of questions, as they stand in a list and on a button.
    "single": msg("One right choice"),
    "multiple": msg("Several right choices"),
    "truefalse-reason": msg("True or false, with a reason"),
    "ordering": msg("Lines to put in order"),
    "matching": msg("Pairs to match"),
    "numeric": msg("A number"),
    "scenario": msg("A situation in steps"),
}
KIND_USE: Mapping[str, str] = {
    "single": msg("A question and 2 to 8 choices; one of them is right."),
    "multiple": msg("Two to five choices are right; learners are told how many."),
    "truefalse-reason": msg("A statement. Learners say whether it is true, and choose the reason."),
    "ordering": msg("Three to seven lines, which learners number in the right order."),
    "matching": msg("Three to six pairs; wrong right sides may be added."),
    "numeric": msg("Learners write a number; a difference can be allowed."),
    "scenario": msg("A situation, then three or four decisions, one after the other."),
}
# The points of FORMAT.md 5 in words.
MARKING: Mapping[str, str] = {
    "single": msg("The right choice gives one point, any other none."),
    "multiple": msg(
        "Each right choice counts for, each wrong one against. Right ones less wrong ones, never "
        "below nothing, are divided by the number of right choices: all right and nothing else "
        "gives one point. Choosing everything does not pay."
    ),
    "truefalse-reason": msg(
        "One point when both the judgement and its reason are right; one of them alone gives none."
    ),
    "ordering": msg(
        "Each pair of lines that rightly follow one another counts. Right neighbours divided by "
        "all neighbours give up to one point, so one line out of place does not lose everything."
    ),
    "matching": msg("Right pairs divided by all pairs give up to one point."),
    "numeric": msg(
        "One point when the number is right or differs by no more than is allowed; otherwise none. "
        "Digits of any script are read."
    ),
    "scenario": msg("Each decision is marked by itself and gives one point when it is right."),
}
DIFFICULTY: Mapping[str, str] = {
    # Translators: how hard a question is, of three.
    "1": msg("1, easy"),
    "2": msg("2, middling"),
    "3": msg("3, hard"),
}
