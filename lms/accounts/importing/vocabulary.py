"""The words by which a cell of a list names a function, a rank group, a language. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lms.accounts import words
from lms.accounts.importing import aliases
from lms.installation import LANGUAGES
from lms.kernel.names import folded

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Folded word -> code of ours, for each column whose cells are one of a few."""

    functions: Words
    ranks: Words
    sexes: Words
    languages: Words
    kinds: Words
    yes_no: Words

    @classmethod
    def of(cls, translated: Callable[[str, str], str]) -> Vocabulary:
        """Return every word that our pages show in any language, and those of other programs.

        translated  sentence of ours, language -> that sentence in it.
        """

        def table(shown: Mapping[str, str], others: Mapping[str, Iterable[str]]) -> Words:
            known = {folded(code): code for code in shown}
            for code, sentence in shown.items():
                said = (translated(sentence, language) for language in LANGUAGES)
                known |= {folded(word): code for word in (*said, *others.get(code, ()))}
            return known

        return cls(
            functions=table(words.FUNCTION_WORDS, {}),
            ranks=table(words.RANK_WORDS, {}),
            sexes=table(words.SEX_WORDS, aliases.SEX_WORDS),
            languages={
                folded(word): code
                for code, known in aliases.LANGUAGE_WORDS.items()
                for word in known
            },
            kinds=table(words.UNIT_KIND_WORDS, aliases.KIND_WORDS),
            yes_no={folded(word): "yes" for word in aliases.YES}
            | {folded(word): "no" for word in aliases.NO},
        )


_UNSAID = frozenset(folded(word) for word in aliases.UNSAID) | {""}


def is_unsaid(cell: str) -> bool:
    """Return whether a cell says that nobody knows, or says nothing."""
    return folded(cell) in _UNSAID
