"""A bare Flask page behind the same gate and server: what every cost is divided by."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from lms.web.gate import Gate
from lms.web.gate_settings import GateSettings
from lms.web.static_files import StaticFiles


def create_gate() -> Gate:
    """Return a gate before an application with one page."""
    app = Flask("bare")

    @app.get("/")
    def page() -> str:
        return "<!doctype html><title>bare</title><p>bare"

    folder = Path(os.environ["LMS_DATA"])
    return Gate(
        app, static=StaticFiles([], folder / "static"), settings=GateSettings(), file_root=folder
    )
