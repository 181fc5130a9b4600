"""How many people work where, in which function, and which of these numbers may be told.

What is required of a function, or of one region, can be subtracted from what is required of
everybody: those who are left over are people, too. So one table of all people decides for every
requirement. It has a line for each place, and a column for each function of which something is
required, for all other functions, for P2 and P3 together, and for all of them. That of P2 and P3
is never told; that of the others is the first to be hidden with something, as no page has it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lms.accounts.scope import CONFIDENTIAL_FUNCTIONS
from lms.reports.places import Place, Shown, show, tree
from lms.reports.protection import is_small
from lms.tables import AnyRow

NOBODY = (0, 0, 0, 0)  # people who are trained, still in time, overdue; all of them
Staff = Mapping[str, Mapping[str, int]]  # path -> function -> people


class Heads:
    """The table of all people at the viewer's places.

    functions  of which something is required.
    """

    def __init__(
        self, units: Sequence[AnyRow], staff: Staff, functions: Collection[str], language: str
    ) -> None:
        self.units, self.language = units, language
        self.functions = sorted(functions)
        self.root = tree(units, {path: self._line(found) for path, found in staff.items()})
        self.above = {each.path: place for place in _places(self.root) for each in place.below}
        self.pages: dict[str, Shown | None] = {}

    def _line(self, found: Mapping[str, int]) -> list[int]:
        asked = [found.get(function, 0) for function in self.functions]
        kept = sum(found.get(function, 0) for function in CONFIDENTIAL_FUNCTIONS)
        every = sum(found.values())
        return [*asked, every - kept - sum(asked), kept, every]

    def page(
        self, unit_path: str, function: str | None, counted: Mapping[str, list[int]], code: str
    ) -> Shown | None:
        """Return the page of a place for what is required of a function at a unit and below.

        counted  path -> how many are trained, still in time, overdue, and all of them.

        Every place has a line where somebody works: one that is left out would say that nobody
        there is in the function.
        """
        every = {
            each.path: counted.get(each.path, list(NOBODY))
            for each in _places(self.root)
            if each.own and each.path.startswith(unit_path)
        }
        at = len(self.functions) + 2 if function is None else self.functions.index(function)

        def hidden(place: Place, itself: bool) -> Collection[int]:
            """Hide all of a line where nobody may know how many people it is about."""
            narrower = unit_path in self.above and unit_path.startswith(place.path) and not itself
            of = unit_path if narrower else place.path
            return range(len(NOBODY)) if at in self._hidden(of, itself=itself) else ()

        return show(
            tree(self.units, every),
            code,
            adds_up=True,
            language=self.language,
            forced=hidden,
            whole_is_forced=True,
        )

    def _hidden(self, path: str, *, itself: bool) -> Collection[int]:
        """Return the columns that are not told of a place, or of its own people."""
        page = self._page(self.above.get(path, self.root) if not itself else self._place(path))
        if page is None:
            return ()
        lines = [(each.path, own) for each, _, own in page.lines]
        line = lines.index((path, itself)) if (path, itself) in lines else len(lines)
        return {column for at, column in page.hidden if at == line}

    def _place(self, path: str) -> Place:
        return next(each for each in _places(self.root) if each.path == path)

    def _page(self, place: Place) -> Shown | None:
        if place.path not in self.pages:
            self.pages[place.path] = show(
                self.root, place.code, adds_up=True, language=self.language, forced=self._kept
            )
        return self.pages[place.path]

    def _kept(self, place: Place, itself: bool) -> Collection[int]:
        """Return which columns are hidden before it is looked what follows from them."""
        counts = (itself and place.own) or place.counts
        others = len(self.functions)
        if not (counts and (counts[others + 1] or any(map(is_small, counts)))):
            return ()
        return [column for column in (others, others + 1) if counts[column]]


def _places(place: Place) -> Sequence[Place]:
    return [place, *(each for below in place.below for each in _places(below))]
