"""Where the pages of accounts lie, and where one goes from them."""

from __future__ import annotations

from flask import Blueprint, url_for

from lms.web.language import current
from lms.web.menu import has_endpoint

bp = Blueprint("accounts", __name__)


def home() -> str:
    """Return the address of the learner's desk, which stands above this feature."""
    return url_for("desk.home") if has_endpoint("desk.home") else f"/{current().code}/home"
