"""the layout of a programme

Revision: 0005
After: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_layout",
        sa.Column("programme_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("issuers", sa.JSON(), nullable=False),
        sa.Column("signatories", sa.JSON(), nullable=False),
        sa.Column("logos", sa.JSON(), nullable=False),
        sa.Column("changed_at", lms.tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_certificate_layout_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_certificate_layout")),
    )


def downgrade() -> None:
    op.drop_table("certificate_layout")
