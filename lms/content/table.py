"""One TOML table of a course: values are taken out by name and type, what is wrong is noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from lms.content.faults import Faults
from lms.kernel.messages import msg

T = TypeVar("T")
_NARROWER: Mapping[type, tuple[type, ...]] = {int: (bool,), date: (datetime,)}


class Table:
    """One TOML table: takes values out by name and type, notes what is missing or strange."""

    def __init__(self, file: str, name: str, values: Mapping[str, Any], faults: Faults) -> None:
        self.file, self.name, self.faults = file, name, faults
        self.values = dict(values)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return a value of a type; without ``default`` it has to be there."""
        value = self.values.pop(key, default)
        # To Python True is an int and a moment is a date; to an author they are not.
        if isinstance(value, kind) and not isinstance(value, _NARROWER.get(kind, ())):
            return value
        where = f"{self.name}{key}"
        if value is None:
            self.faults.add(self.file, 0, msg("Write a value for %(name)s."), name=where)
        else:
            self.faults.add(
                self.file,
                0,
                msg("%(name)s has another type of value than expected: %(kind)s."),
                name=where,
                kind=kind.__name__,
            )
        return kind() if default is None else default

    def text(
        self, key: str, shape: re.Pattern[str] | None = None, default: str | None = None
    ) -> str:
        """Return a text, of a certain shape where one is given."""
        given = key in self.values
        value = self.take(key, str, default)
        if shape is not None and (given or value) and not shape.fullmatch(value):
            self.faults.add(
                self.file,
                0,
                msg("%(name)s has another form than FORMAT.md describes: %(value)s"),
                name=f"{self.name}{key}",
                value=value[:60],
            )
        return value

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return one of the words ``allowed``."""
        value = self.take(key, str, default)
        if value not in allowed:
            self.faults.add(
                self.file,
                0,
                msg("%(name)s is one of: %(allowed)s."),
                name=f"{self.name}{key}",
                allowed=", ".join(allowed),
            )
        return value

    def number(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number from ``low`` to ``high``."""
        value = self.take(key, int, default)
        if not low <= value <= high:
            self.faults.add(
                self.file,
                0,
                msg("%(name)s is a whole number from %(low)s to %(high)s."),
                name=f"{self.name}{key}",
                low=low,
                high=high,
            )
        return value

    def day(self, key: str) -> date | None:
        """Return a day, None where none is written."""
        return self.take(key, date, date.min) if key in self.values else None

    def texts(self, key: str, shape: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """Return a list of texts, none where it is not written."""
        values = self.take(key, list, [])
        for value in values:
            if not isinstance(value, str) or (shape is not None and not shape.fullmatch(value)):
                said = value[:60] if isinstance(value, str) else type(value).__name__
                self.faults.add(
                    self.file,
                    0,
                    msg("%(name)s has another form than FORMAT.md describes: %(value)s"),
                    name=f"{self.name}{key}",
                    value=said,
                )
                return ()
        return tuple(values)

    def tables(self, key: str) -> list[Table]:
        """Return the tables ``[[key]]``."""
        values = self.take(key, list, [])
        if not all(isinstance(value, dict) for value in values):
            self.faults.add(self.file, 0, msg("Write %(name)s as tables."), name=key)
            return []
        return [Table(self.file, f"{key}.", value, self.faults) for value in values]

    def table(self, key: str) -> Table:
        """Return the table ``[key]``, an empty one where it is not written."""
        return Table(self.file, f"{key}.", self.take(key, dict, {}), self.faults)

    def end(self) -> None:
        """Note every value that nobody has taken out."""
        for key in self.values:
            self.faults.add(
                self.file,
                0,
                msg("%(name)s is not known. Take it away or look for a typing error."),
                name=f"{self.name}{key}",
            )
