"""Where the pages of the learner's desk lie."""

from __future__ import annotations

from flask import Blueprint

from lms.web.language import IN_LANGUAGE

bp = Blueprint("desk", __name__, url_prefix=IN_LANGUAGE)
