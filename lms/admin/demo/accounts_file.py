"""The people of the demonstration with their passwords: accounts.csv, the doors of the tour."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from lms.admin.demo.service import LEARNER
from lms.admin.demo.states import State

ACCOUNTS = "accounts.csv"
HEADER = ("service_number", "password", "role", "facility", "state")


@dataclass(frozen=True, slots=True)
class Account:
    """One line of accounts.csv."""

    person_id: UUID
    service_number: str
    password: str
    role: str
    facility: str
    state: State


def doors_of(accounts: Sequence[Account]) -> dict[str, str]:
    """Return the first person of each office, and the first learner of each state."""
    doors: dict[str, str] = {}
    for account in accounts:
        name = account.state if account.role == LEARNER else account.role
        doors.setdefault(str(name), str(account.person_id))
    return doors


def write_accounts(path: Path, accounts: Sequence[Account]) -> None:
    """Write who can sign in and how, complete or not at all."""
    temporary = path.with_suffix(".part")
    with temporary.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream, lineterminator="\n")
        lines.writerow(HEADER)
        for each in accounts:
            lines.writerow(
                (each.service_number, each.password, each.role, each.facility, str(each.state))
            )
    temporary.replace(path)
