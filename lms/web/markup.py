"""The one place where finished HTML is let into a page without being escaped.

What comes through here was compiled by us at publication, from Markdown that may hold no HTML.
Nothing that a person typed into a form may ever take this way.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup


def safe_parts(compiled: str | Iterable[str]) -> Markup:
    """Return HTML of a published edition, one string or several in order, as it is."""
    parts = [compiled] if isinstance(compiled, str) else compiled
    return Markup("").join(Markup(part) for part in parts)  # noqa: S704
