"""What every reader may know of these pages: privacy, accessibility, whom to tell."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.accounts.views.addresses import bp
from lms.web.language import IN_LANGUAGE
from lms.web.permissions import PUBLIC, permission


@bp.get(f"{IN_LANGUAGE}/privacy")
@permission(PUBLIC)
def privacy() -> ResponseReturnValue:
    """Say what is stored about people, who sees it and when it goes."""
    return render_template("accounts/privacy.html")


@bp.get(f"{IN_LANGUAGE}/accessibility")
@permission(PUBLIC)
def accessibility() -> ResponseReturnValue:
    """Say how these pages can be used, and what does not work yet."""
    return render_template("accounts/accessibility.html")


@bp.get(f"{IN_LANGUAGE}/problem")
@permission(PUBLIC)
def problem() -> ResponseReturnValue:
    """Say whom to tell when something does not work, and what helps them."""
    return render_template("accounts/problem.html")
