"""How much a form may hold: so many fields, each so long, however it is encoded.

The libraries below count the parts of a multipart form alone. A body of 2 MB made of ``a&a&a…``
would become a million fields before anybody asked for one. And no address holds a null, which
PostgreSQL takes in no text; of forms each field refuses it with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from flask import Flask, Request, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from lms.web.gate_settings import GateSettings

MOST_FIELDS = 500
LONGEST_FIELD = 64 * 1024  # characters


class _BoundedParser(FormDataParser):
    """Refuses with 413 what no form of ours would send.

    longer  the one field that may be longer here, ``long_name``, and by how many characters.
    """

    long_name, longer = "", LONGEST_FIELD

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
            most = self.longer if name == self.long_name else LONGEST_FIELD
            if len(name) + len(value) > most:
                raise RequestEntityTooLarge
        return read


class BoundedRequest(Request):
    """A request whose form has these limits; at some addresses one field may be longer."""

    form_data_parser_class = _BoundedParser
    long_name, longer = "", LONGEST_FIELD

    def make_form_data_parser(self) -> FormDataParser:
        """Return the parser, which knows what may be longer at this address."""
        parser = super().make_form_data_parser()
        if isinstance(parser, _BoundedParser):
            parser.long_name, parser.longer = self.long_name, self.longer
        return parser


def init_app(app: Flask, longer: Mapping[str, tuple[str, int]]) -> None:
    """Let one field be longer below some addresses; call it before anything reads a form.

    longer  path prefix, as ``GateSettings.upload_limits`` has them -> name of the field and its
            characters. The whole body stays as small as that of any form.
    """
    known = [
        (GateSettings(upload_limits={path: most}), name) for path, (name, most) in longer.items()
    ]

    @app.before_request
    def allow() -> None:
        if b"%00" in request.query_string:
            raise BadRequest
        for settings, name in known:
            most = settings.upload_limit(request.path)
            if most is not None and isinstance(request, BoundedRequest):
                request.long_name, request.longer = name, most
