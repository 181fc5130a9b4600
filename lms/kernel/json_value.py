"""The name of what JSON can hold, where code takes or returns it whole."""

from __future__ import annotations

from typing import Any, TypeAlias

# None, bool, number, text, list or object. Whoever reads it knows the shape and says it: a
# recursive type would ask for a check before each look inside, and catch nothing.
Json: TypeAlias = Any
