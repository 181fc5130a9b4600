"""Frozen quarters: figures that are fixed for good, append-only.

Revision: 0012
After: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "frozen_quarter",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("corrects_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("pdf", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("frozen_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("frozen_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["frozen_quarter.id"],
            name=op.f("fk_frozen_quarter_corrects_id_frozen_quarter"),
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by"], ["person.id"], name=op.f("fk_frozen_quarter_frozen_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_quarter")),
        sa.UniqueConstraint(
            "programme",
            "quarter",
            "number",
            name=op.f("uq_frozen_quarter_programme_quarter_number"),
        ),
    )
    op.create_index(op.f("ix_frozen_quarter_corrects_id"), "frozen_quarter", ["corrects_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_frozen_quarter_corrects_id"), "frozen_quarter")
    op.drop_table("frozen_quarter")
