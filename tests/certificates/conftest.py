"""The pages of certificates stand in the application of these tests."""

from __future__ import annotations

import pytest
from flask import Flask

from lms.certificates.views import bp


@pytest.fixture
def app(app: Flask) -> Flask:
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    return app
