"""Addresses that take files: there a request may be larger than any form, if the disk has room."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, current_app, request

from lms.files import has_room
from lms.kernel.messages import msg
from lms.web.gate_settings import GateSettings

NO_ROOM = msg(
    "The disk of the server is nearly full, so it takes no files at present. Learning and saving "
    "go on. Tell whoever looks after the server, and send the file when there is room again."
)


def takes_files(size: int = 0) -> bool:
    """Return whether the disk of this server has room for a file of ``size`` bytes."""
    return has_room(current_app.config["LMS"].data, size)


def init_app(app: Flask, limits: Mapping[str, int]) -> None:
    """Let requests below some addresses be larger; call it before anything reads a form.

    limits  path prefix -> bytes, as ``GateSettings.upload_limits``: the gate and the application
            let the same through.
    """
    known = GateSettings(upload_limits=limits)

    @app.before_request
    def allow() -> None:
        limit = known.upload_limit(request.path)
        if limit is not None:
            request.max_content_length = limit
