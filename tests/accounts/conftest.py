"""People who can prove who they are, for the tests of signing in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from lms.accounts import passwords
from lms.accounts.models import Credential
from lms.db import transaction
from lms.kernel import clock
from tests.people import Cast

PASSWORD = "stone lantern river 7"
CODE, SPARE = "CQ7M4F2XHPRW", "23456789CFGH"


class Clock:
    """The clock of a test: it stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a clock that stands still; ``time.on(minutes=31)`` moves it."""
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def credential(app: Flask) -> Callable[..., None]:
    """Return a way to give somebody a password (and codes): ``credential(amina)``."""

    def give(
        person: Cast,
        password: str | None = PASSWORD,
        code: str | None = None,
        spare: str | None = None,
        code_until: datetime | None = None,
    ) -> None:
        with app.app_context(), transaction() as session:
            session.merge(
                Credential(
                    person_id=person.id,
                    password_hash=password and passwords.hashed(password),
                    code_hash=code and passwords.hashed(code),
                    code_until=code_until or (clock.now() + timedelta(days=3) if code else None),
                    spare_code_hash=spare and passwords.hashed(spare),
                    changed_at=clock.now(),
                )
            )

    return give
