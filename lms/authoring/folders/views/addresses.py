"""Where the pages of courses from files lie."""

from __future__ import annotations

from flask import (
    Blueprint,
)

from lms.web.language import IN_LANGUAGE

bp = Blueprint("folders", __name__, url_prefix=f"{IN_LANGUAGE}/write")
