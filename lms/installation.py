"""This installation: its identity, its country and what follows from it.

Two tables: ``site`` (one row, made at first start) and ``setting`` (what the first-run page and
administrators decide). No web and no connection handling in here: callers pass the session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel.ids import new_ordered_id
from lms.kernel.json_value import Json
from lms.tables import Base

# The languages of the interface, in the order in which pages offer them. Kiswahili comes later.
LANGUAGES = ("en", "fr", "ar", "ru", "kk")
RIGHT_TO_LEFT = frozenset({"ar"})
# Each language's own name: what somebody looks for who cannot read the page before them.
LANGUAGE_NAMES = {
    "en": "English",
    "fr": "Français",
    "ar": "العربية",
    "ru": "Русский",
    "kk": "Қазақша",
}


@dataclass(frozen=True, slots=True)
class Country:
    """What a country sets by itself in the first run.

    ranks maps the groups G1-G4 (basic, middle, senior, civilian or specialist) to a description
    that administrators recognise; source: national pay and rank rules, to be confirmed locally.
    """

    code: str
    languages: tuple[str, ...]
    time_zone: str
    digits: str = "latn"
    brand: str = "#123f4d"
    band: str = "#d9a441"
    certificate_prefix: str = "XX"
    ranks: Mapping[str, str] = field(default_factory=dict)


COUNTRIES: Mapping[str, Country] = {
    "tn": Country(
        "tn", ("ar", "fr", "en"), "Africa/Tunis", certificate_prefix="TN",
        ranks={"G1": "agents in regulation uniform", "G2": "middle officers",
               "G3": "senior officers", "G4": "civilians and specialists"},
    ),
    "kz": Country(
        "kz", ("kk", "ru", "en"), "Asia/Almaty", certificate_prefix="KZ",
        ranks={"G1": "private and junior commanding staff", "G2": "middle commanding staff",
               "G3": "senior and higher commanding staff", "G4": "civilians and specialists"},
    ),
    "ug": Country(
        "ug", ("en",), "Africa/Kampala", certificate_prefix="UG",
        ranks={"G1": "Warder to Chief Warder", "G2": "Principal Officer to SSP",
               "G3": "ACP and above", "G4": "civilians and specialists"},
    ),
    "xx": Country(
        "xx", LANGUAGES, "UTC",
        ranks={"G1": "basic grade", "G2": "middle grade", "G3": "senior grade",
               "G4": "civilians and specialists"},
    ),
}  # fmt: skip


class Site(Base):
    """The one row that says who this server is. ``seq`` numbers everything it records."""

    __tablename__ = "site"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    public_key: Mapped[bytes | None]
    made_at: Mapped[datetime]


class Setting(Base):
    """One decision of this installation, by name."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Installation:
    """The decisions of this installation as values. Defaults stand until the first run."""

    country: str = "xx"
    names: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = LANGUAGES
    time_zone: str = "UTC"
    digits: str = "latn"
    brand: str = "#123f4d"
    band: str = "#d9a441"
    ready: bool = False
    pass_floor: int = 70
    pass_percent: int = 0  # what this nation asks for at least; 0: what the course says
    refuse_unconfirmed_boxes: bool = False
    issuers: Mapping[str, str] = field(default_factory=dict)
    signatories: tuple[Mapping[str, str], ...] = ()
    certificate_prefix: str = "XX"
    issues: bool = True  # False on a station: certificates come from the national server

    def name(self, language: str) -> str:
        """Return the organisation's name in ``language``, else in the first that has one."""
        known = {code: name for code, name in self.names.items() if name}
        return known.get(language) or next(iter(known.values()), "Prison Service Academy")

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment on the clocks of this country.

        Every day that somebody decides (a role's last, a deadline) is one of these: in Greenwich
        it is another day for five hours of 24 in Almaty.
        """
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def least_percent(self) -> int:
        """The lowest pass mark of any test here: the floor, or more where the nation asks it."""
        return max(self.pass_floor, self.pass_percent)

    @property
    def nation(self) -> str | None:
        """The national layer that courses use here, None for the bare core."""
        return None if self.country == "xx" else self.country


_SITE = select(Site)
_SETTINGS = select(Setting.name, Setting.value)


def read(session: Session) -> Installation:
    """Return what is decided so far; one query."""
    stored = {row.name: row.value for row in session.execute(_SETTINGS)}
    fields = Installation.__dataclass_fields__
    facts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in stored.items()
        if name in fields
    }
    return Installation(**facts)


def day_of(session: Session, moment: datetime) -> date:
    """Return the day of a moment on the clocks of this country; one query."""
    return read(session).day_of(moment)


def decide(session: Session, facts: Mapping[str, object], *, now: datetime) -> None:
    """Store each decision in ``facts``; a decision made before is replaced."""
    for name, value in facts.items():
        plain = list(value) if isinstance(value, tuple) else value
        session.merge(Setting(name=name, value=plain, changed_at=now))


def setting(session: Session, name: str) -> Json:
    """Return one stored decision, None when nobody has decided."""
    return session.scalar(select(Setting.value).where(Setting.name == name))


def decided(session: Session, names: Iterable[str]) -> dict[str, Any]:
    """Return the stored decisions among ``names``; one query."""
    rows = session.execute(_SETTINGS.where(Setting.name.in_(tuple(names))))
    return {row.name: row.value for row in rows}


def site_id(session: Session) -> UUID | None:
    """Return the id of this installation, None before its first start."""
    return session.scalar(select(Site.id))


def lock(session: Session) -> None:
    """Let others who decide for this installation wait until the transaction ends."""
    session.execute(select(Site.id).with_for_update())


def found_site(session: Session, *, now: datetime) -> Site:
    """Return this server's row, made at the first start."""
    site = session.scalar(_SITE)
    if site is None:
        site = Site(id=new_ordered_id(), seq=0, made_at=now)
        session.add(site)
        session.flush()
    return site


def next_seq(session: Session) -> tuple[UUID, int]:
    """Return this site's id and the next number of its sequence.

    Call it late in the writing transaction: the row stays locked until the commit, so that who
    has seen number N has seen everything below it.
    """
    statement = update(Site).values(seq=Site.seq + 1).returning(Site.id, Site.seq)
    site_id, seq = session.execute(statement).one()
    return site_id, seq
