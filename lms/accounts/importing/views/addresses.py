"""Where the pages of lists lie."""

from __future__ import annotations

from flask import Blueprint

from lms.web.language import IN_LANGUAGE

bp = Blueprint("staff_lists", __name__, url_prefix=f"{IN_LANGUAGE}/administer/staff-lists")
