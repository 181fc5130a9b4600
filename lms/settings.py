"""What the environment says, read once at start and passed on as values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

THREADS = 6  # at once, where the setting says nothing
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsError(Exception):
    """A setting is wrong; the text names it and says what to write instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. docs/settings.md has a paragraph for each."""

    data: Path
    database_url: str
    host: str
    port: int
    tls_cert: Path | None
    tls_key: Path | None
    plain_http: bool
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    threads: int
    demo: bool
    courses: Path
    issuing_key: Path
    hsts_days: int
    worker: bool
    release_keys: Path | None
    backup_to: Path | None = None
    backup_passphrase_file: Path | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that this server answers to: those trusted, else this machine's own."""
        return self.trusted_hosts or tuple(sorted(LOOPBACK))

    @property
    def tls(self) -> bool:
        """Whether this server speaks TLS itself."""
        return self.tls_cert is not None

    @property
    def scheme(self) -> str:
        """``https`` or ``http``, as the browser sees it."""
        return "https" if self.tls else "http"

    @property
    def public_address(self) -> str:
        """The address that people type for this server, without a slash at its end.

        It names the first host that is trusted by its whole name, else the one listened at.
        """
        named = [name for name in self.trusted_hosts if not name.startswith(".")]
        if not named:
            host = f"[{self.host}]" if ":" in self.host else self.host
            return f"{self.scheme}://{host}:{self.port}"
        # A trusted proxy speaks TLS for us.
        scheme = "https" if self.tls or self.trusted_proxies else "http"
        usual = {"https": 443, "http": 80}[scheme]
        plain = self.trusted_proxies or ":" in named[0] or self.port == usual
        return f"{scheme}://{named[0]}{'' if plain else f':{self.port}'}"


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that ``environment`` describes.

    raises SettingsError when a value has the wrong shape, or when the combination would let
    people sign in over an open network without anybody having decided so.
    """
    data = Path(environment.get("LMS_DATA") or "instance").absolute()
    host = environment.get("HOST") or "127.0.0.1"
    cert, key = environment.get("TLS_CERT"), environment.get("TLS_KEY")
    if bool(cert) != bool(key):
        raise SettingsError("Set both TLS_CERT and TLS_KEY, or neither.")
    hosts = tuple(name for name in environment.get("TRUSTED_HOSTS", "").split(",") if name.strip())
    plain = _flag(environment, "PLAIN_HTTP")
    if host not in LOOPBACK:
        if not hosts:
            raise SettingsError(
                "HOST is not this machine only, so TRUSTED_HOSTS must name the addresses that "
                "people type, separated by commas: TRUSTED_HOSTS=learn.example.gov,10.1.2.3"
            )
        if not cert and not plain:
            raise SettingsError(
                "HOST is not this machine only: set TLS_CERT and TLS_KEY, or, on a closed station "
                "network where you accept that passwords travel readable, PLAIN_HTTP=yes."
            )
    return Settings(
        data=data,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{data / 'lms.sqlite'}",
        host=host,
        port=_number(environment, "PORT", 8000, 0, 65535),
        tls_cert=Path(cert) if cert else None,
        tls_key=Path(key) if key else None,
        plain_http=plain,
        trusted_hosts=tuple(name.strip() for name in hosts),
        trusted_proxies=_number(environment, "TRUSTED_PROXIES", 0, 0, 5),
        threads=_number(environment, "THREADS", THREADS, 4, 8),
        demo=_flag(environment, "LMS_DEMO"),
        courses=Path(environment.get("LMS_COURSES") or _beside_the_code("courses")),
        issuing_key=Path(environment.get("ISSUING_KEY") or data / "keys" / "issuing.key"),
        hsts_days=_number(environment, "HSTS_DAYS", 0, 0, 30),
        worker=environment.get("WORKER", "").strip().lower() != "no",
        release_keys=Path(own) if (own := environment.get("RELEASE_KEYS")) else None,
        backup_to=_path(environment, "BACKUP_TO"),
        backup_passphrase_file=_path(environment, "BACKUP_PASSPHRASE_FILE"),
    )


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    named = environment.get(name)
    return Path(named).absolute() if named else None


def _beside_the_code(name: str) -> Path:
    return Path(__file__).resolve().parent.parent / name


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value not in {"", "yes", "no"}:
        raise SettingsError(f"{name} is yes or no, not {value!r}.")
    return value == "yes"


def _number(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingsError(f"{name} is a whole number from {low} to {high}, not {text!r}.")
    return int(text)
