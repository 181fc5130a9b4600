"""The one place where finished HTML is let into a page without being escaped.

What comes through here was compiled by us at publication, from Markdown that may hold no HTML.
Nothing that a person typed into a form may ever take this way.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup


def safe_parts(compiled: str | Iterable[str]) -> Markup:
    """Return HTML of a published edition, one string or several in order, as it is."""
    return Markup(compiled if isinstance(compiled, str) else "".join(compiled))  # noqa: S704
