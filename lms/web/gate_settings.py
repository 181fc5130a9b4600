"""The limits of the gate: one frozen value, made from the environment by the application."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

KB = 1024
MB = 1024 * KB

# What the application knows, letter by letter: libraries behind us take ``post`` for POST, and it
# would go past the lane of sign-ins.
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_SIGN_IN = re.compile(r"/[^/]+/(?:sign-in|choose-password|password|spare-code)/?")


def is_sign_in(path: str) -> bool:
    """Say whether a POST to ``path`` hashes a password: such as ``/<language>/sign-in``."""
    return _SIGN_IN.fullmatch(path) is not None


@dataclass(frozen=True)
class GateSettings:
    """What the gate lets through. Sizes in bytes, times in seconds.

    ``upload_limits`` maps a path prefix to the largest body that is taken below it; ``*`` stands
    for any one segment, so ``/*/admin/people/import`` holds for every language.
    ``trusted_proxies`` is the number of our own proxies in front; with 0 no ``X-Forwarded-…``
    header reaches the application.
    """

    threads: int = 6
    waiting: int = 1000
    sign_in_threads: int = 2
    sign_in_waiting: int = 100
    is_sign_in: Callable[[str], bool] = is_sign_in
    retry_after: int = 3

    body_limit: int = 2 * MB
    upload_limits: Mapping[str, int] = field(default_factory=dict)
    session_above: int = 64 * KB
    file_above: int = 256 * KB
    body_folder: Path | None = None
    idle_timeout: float = 20
    total_timeout: float = 600
    upload_timeout: float = 3600
    linger: float = 2
    bodies_in_all: int = 400
    bodies_per_address: int = 250
    bytes_in_all: int = 512 * MB
    bytes_per_address: int = 256 * MB

    # Whether the disk takes so many bytes of an upload; asked before one is read.
    has_room: Callable[[int], bool] = lambda _size: True

    trusted_proxies: int = 0

    def upload_limit(self, path: str) -> int | None:
        """Return the largest body taken at ``path`` when it is an upload route, else None."""
        segments = path.split("/")
        for prefix, limit in self.upload_limits.items():
            wanted = prefix.rstrip("/").split("/")
            if len(segments) >= len(wanted) and all(
                want in ("*", have) for want, have in zip(wanted, segments, strict=False)
            ):
                return limit
        return None
