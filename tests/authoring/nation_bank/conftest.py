"""The draft beside the pages; see ``tests/authoring/adapting``."""

from __future__ import annotations

from tests.authoring.adapting.conftest import stored

__all__ = ["stored"]
