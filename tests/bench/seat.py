"""The pages of somebody who writes, as their browser asks for them: fields, files, tokens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from lms.web import csrf
from tests.bench.load import Connection
from tests.bench.section import BROWSER


@dataclass(frozen=True)
class Seat:
    """Somebody's browser: their session and one connection to the server."""

    token: str
    connection: Connection

    async def page(self, path: str) -> str:
        """Return the text of a page; raises RuntimeError when it is not there."""
        status, _, body = await self.connection.ask(
            "GET", path, {**self._known(), "Accept-Encoding": "identity"}
        )
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return body.decode()

    async def send(self, path: str, fields: Mapping[str, str], file: bytes | None = None) -> str:
        """Send a form, with a file if there is one; return where it leads.

        raises  RuntimeError when it leads nowhere: it was refused.
        """
        known = {**fields, csrf.FIELD: csrf._token_for(self.token)}
        if file is None:
            kind, body = "application/x-www-form-urlencoded", urlencode(known).encode()
        else:
            border = secrets.token_hex(16)
            kind, body = f"multipart/form-data; boundary={border}", _parts(border, known, file)
        status, said, answer = await self.connection.ask(
            "POST",
            path,
            {
                **self._known(),
                "Content-Type": kind,
                "Accept-Encoding": "identity",
                "Sec-Fetch-Site": "same-origin",
            },
            body,
        )
        if status != 303:
            words = re.sub(r"<[^>]+>|\s+", " ", answer.decode(errors="replace"))
            raise RuntimeError(f"{path} answered {status}: {words[-400:]}")
        return said["location"]

    def _known(self) -> dict[str, str]:
        return {**BROWSER, "Cookie": f"sid={self.token}"}


def _parts(border: str, fields: Mapping[str, str], file: bytes) -> bytes:
    lines = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    lines.append(
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="course.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    )
    return "".join(lines).encode() + file + f"\r\n--{border}--\r\n".encode()
