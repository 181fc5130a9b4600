"""The marks of a lesson: what a writer presses or looks up, and what is written for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.kernel.messages import msg


@dataclass(frozen=True, slots=True)
class Mark:
    """One part of a lesson: its short name on a button, what it is for, what is written.

    ``…`` stands for the writer's words, ``{lesson}`` for the code of the lesson.
    """

    name: str
    use: str
    marks: str


MARKS: tuple[Mark, ...] = (
    # Translators: buttons of an editor that put a part of a lesson into the text. Short words.
    Mark(msg("Heading"), msg("A new part of the lesson"), "## …"),
    Mark(msg("Smaller heading"), msg("A heading inside a part"), "### …"),
    Mark(msg("Objectives"), msg("What one can do after the lesson"), "::: objectives\n- …\n:::"),
    Mark(msg("From practice"), msg("An opening case, no country named"), "::: practice\n…\n:::"),
    Mark(msg("Do"), msg("A list of right ways to act"), "::: do\n- …\n:::"),
    Mark(msg("Do not"), msg("A list of what must not be done"), "::: dont\n- …\n:::"),
    Mark(msg("Pay attention"), msg("A note on women, mental health or personal data"),
         "::: attention\n…\n:::"),
    Mark(msg("Country box"), msg("What each country must say here itself"),
         "::: box NA-01\n…\n:::"),
    Mark(msg("Check yourself"), msg("A question with its answer, without a mark"),
         "::: check {lesson}-c1 single\n…\n\n- [x] a. …\n  > …\n- [ ] b. …\n  > …\n:::"),
    Mark(msg("Key points"), msg("The sentences to remember"), "::: keypoints\n- …\n:::"),
    Mark(msg("Sources"), msg("Where the facts come from"), "::: sources\n- …\n:::"),
    Mark(msg("For the trainer"), msg("A note that only the trainer's print shows"),
         "::: trainer\n…\n:::"),
    Mark(msg("Strong"), msg("Words that must be seen"), "**…**"),
    Mark(msg("List"), msg("One line for each thing"), "- …\n- …"),
    Mark(msg("Table"), msg("A table with a line of headings"), "| … | … |\n|---|---|\n| … | … |"),
    Mark(msg("Term"), msg("A word of the glossary"), "[…](term:…)"),
    Mark(msg("Link"), msg("Another part of the course, or a page of the internet"),
         "[…](https://…)"),
)  # fmt: skip

# The name of each container, ``objectives``, by what stands behind its colons.
CONTAINERS: Mapping[str, str] = {
    each.marks.split()[1]: each.name for each in MARKS if each.marks.startswith(":::")
}
