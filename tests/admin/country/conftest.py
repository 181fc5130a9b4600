"""The country's office, which alone opens these pages."""

from __future__ import annotations

from tests.admin.people.conftest import Open, halima

__all__ = ["Open", "halima"]
