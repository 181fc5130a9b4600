"""Addresses that take files: there a request may be larger than any form."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, request

from lms.web.gate_settings import GateSettings


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
