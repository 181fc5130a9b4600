"""How much a form may hold: so many fields, each so long, however it is encoded.

The libraries below count the parts of a multipart form alone. A body of 2 MB made of ``a&a&a…``
would become a million fields before anybody asked for one.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MOST_FIELDS = 500
LONGEST_FIELD = 64 * 1024  # characters


class _BoundedParser(FormDataParser):
    """Refuses with 413 what no form of ours would send."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 -- werkzeug's own: stream, fields, files
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            if body.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = BytesIO(body)
        read = super().parse(stream, mimetype, content_length, options)
        for name, value in read[1].items(multi=True):
            if len(name) + len(value) > LONGEST_FIELD:
                raise RequestEntityTooLarge
        return read


class BoundedRequest(Request):
    """A request whose form has these limits."""

    form_data_parser_class = _BoundedParser
