"""job titles of the country

Revision: 0004
After: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_title",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("decided_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("decided_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_job_title_decided_by_person")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_job_title")),
    )


def downgrade() -> None:
    op.drop_table("job_title")
