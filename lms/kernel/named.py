"""What is called by a name in each of several languages, such as a place."""

from __future__ import annotations

from collections.abc import Mapping


def name_in(names: Mapping[str, str], language: str, code: str) -> str:
    """Return a name for a reader: in their language, else in English, else the first there is.

    A name in another language says more than a code; ``code`` stands where there is no name.
    """
    return names.get(language) or names.get("en") or next(filter(None, names.values()), code)
