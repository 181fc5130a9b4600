"""corrected keys of questions, and the marks that follow from them

Revision: 0010
After: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_correction",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("number_from", sa.Integer(), nullable=False),
        sa.Column("number_to", sa.Integer(), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", lms.tables.Id(length=16), nullable=True),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_item_correction_by_person")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_item_correction_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_correction")),
    )
    op.create_index(
        "ix_item_correction_course_id_item_id", "item_correction", ["course_id", "item_id"]
    )
    op.create_table(
        "attempt_mark_correction",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("attempt_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("correction_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("points", sa.String(), nullable=False),
        sa.Column("percent_before", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("passed_before", sa.Boolean(), nullable=False),
        sa.Column("passed_after", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["attempt.id"],
            name=op.f("fk_attempt_mark_correction_attempt_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["item_correction.id"],
            name=op.f("fk_attempt_mark_correction_correction_id_item_correction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_mark_correction")),
        sa.UniqueConstraint(
            "attempt_id",
            "correction_id",
            name=op.f("uq_attempt_mark_correction_attempt_id_correction_id"),
        ),
    )
    op.create_index(
        op.f("ix_attempt_mark_correction_correction_id"),
        "attempt_mark_correction",
        ["correction_id"],
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_attempt_mark_correction_correction_id"), table_name="attempt_mark_correction"
    )
    op.drop_table("attempt_mark_correction")
    op.drop_index("ix_item_correction_course_id_item_id", table_name="item_correction")
    op.drop_table("item_correction")
