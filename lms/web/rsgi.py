"""The part of RSGI that the gate uses, as types: what granian 2.8 hands to an application."""

from collections.abc import Awaitable
from typing import Protocol


class RequestHeaders(Protocol):
    """The headers of a request, names in lower case; those that are not ASCII are left out."""

    def get(self, key: str, default: str) -> str:
        """Return the first header of that name."""

    def items(self) -> list[tuple[str, str]]:
        """Return all headers in their order, repeated names included."""


class Scope(Protocol):
    """One request, its body apart. ``path`` is percent-decoded, ``query_string`` is not."""

    @property
    def http_version(self) -> str:
        """``1`` or ``1.1``."""

    @property
    def server(self) -> str:
        """The address and port that were reached, ``[::]:8000`` for IPv6."""

    @property
    def client(self) -> str:
        """The address and port of the other end."""

    @property
    def scheme(self) -> str:
        """``http`` or ``https``."""

    @property
    def method(self) -> str:
        """The method in capitals."""

    @property
    def path(self) -> str:
        """The path; ``*`` or empty for requests that are not for a page."""

    @property
    def query_string(self) -> str:
        """What follows the question mark."""

    @property
    def headers(self) -> RequestHeaders:
        """The headers."""


class HTTPProtocol(Protocol):
    """The way back, and the body: an iterator that gives ``b""`` when the client has gone."""

    def __aiter__(self) -> "HTTPProtocol": ...

    def __anext__(self) -> Awaitable[bytes]: ...

    def client_disconnect(self) -> Awaitable[None]:
        """End when the client has gone."""

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer with ``body``."""

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        """Answer with a whole file."""

    def response_file_range(
        self, status: int, headers: list[tuple[str, str]], file: str, start: int, end: int
    ) -> None:
        """Answer with the bytes of a file from ``start`` to before ``end``."""
