"""What tests of a country's own questions share."""

from __future__ import annotations

from lms.authoring.drafts.models import Draft
from tests.authoring.adapting.conftest import Stored
from tests.authoring.bank.pages import Open, form_of
from tests.authoring.writers import Writers

TABLE = "nations/tn/nation.toml"
FR, AR = "nations/tn/fr/bank/AB-1.md", "nations/tn/ar/bank/AB-1.md"
CODE = "TN-AB-1-001"


def address(draft: Draft, rest: str = "", nation: str = "tn") -> str:
    return f"/en/write/{draft.id}/countries/{nation}/questions{rest}"


def filled(page: str, **changed: object) -> dict[str, object]:
    """Return what a browser sends of a new question, filled well."""
    return {
        **form_of(page),
        "section": "ab12-1",
        "outcome": "a",
        "difficulty": "1",
        "stem-0": "Qui décide ici ?",
        "text-0-0": "Le juge.",
        "why-0-0": "La loi le dit.",
        "text-0-1": "Personne.",
        "why-0-1": "Quelqu’un décide.",
        "right-0": "0",
        **changed,
    }


def write_one(browser: Open, draft: Draft, writers: Writers, spoken: str = "fr") -> str:
    """Let the national editor write a first question; return where its form is."""
    seat = browser(writers.nadia)
    page = seat.get(address(draft, f"/new?kind=single&lesson=AB-1.2&spoken={spoken}")).text
    reply = seat.post(address(draft, "/new"), filled(page))
    assert reply.status_code == 303, reply.text
    return str(reply.location)


def translated(browser: Open, draft: Draft, writers: Writers, spoken: str = "ar") -> int:
    """Let the national editor translate it; return the status of the answer."""
    seat, page = browser(writers.nadia), address(draft, f"/{CODE}/in/{spoken}")
    sent = form_of(seat.get(page).text) | {
        "part-stem": "من يقرر هنا؟",
        "part-choice.a": "القاضي.",
        "part-why.a": "هكذا يقول القانون.",
        "part-choice.b": "لا أحد.",
        "part-why.b": "هناك من يقرر.",
    }
    return int(seat.post(page, sent).status_code)


__all__ = ["AR", "CODE", "FR", "TABLE", "Open", "Stored", "address", "filled", "form_of",
           "translated", "write_one"]  # fmt: skip
