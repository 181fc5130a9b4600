"""Flask extensions without an application; ``app.create_app`` binds them."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy

from lms.tables import Base

db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"expire_on_commit": False, "autoflush": True},
)
