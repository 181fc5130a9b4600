"""review

Revision: 0007
After: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reader_report",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("closed_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("closed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_reader_report_closed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_report")),
    )
    op.create_index(
        op.f("ix_reader_report_course_id"), "reader_report", ["course_id"], unique=False
    )
    op.create_table(
        "edition_person",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_person_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_edition_person_person_id_person")
        ),
        sa.PrimaryKeyConstraint("edition_id", "person_id", "part", name=op.f("pk_edition_person")),
    )
    op.create_index(op.f("ix_edition_person_person_id"), "edition_person", ["person_id"])
    op.create_table(
        "draft_comment",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("draft_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", lms.tables.Id(length=16), nullable=True),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("resolved_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_draft_comment_by_person")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_comment_draft_id_draft")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["person.id"], name=op.f("fk_draft_comment_resolved_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comment")),
    )
    op.create_index(op.f("ix_draft_comment_draft_id"), "draft_comment", ["draft_id"], unique=False)
    op.create_table(
        "draft_verdict",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("draft_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", lms.tables.Id(length=16), nullable=True),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_draft_verdict_by_person")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_verdict_draft_id_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_verdict")),
    )
    op.create_index(op.f("ix_draft_verdict_draft_id"), "draft_verdict", ["draft_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_draft_verdict_draft_id"), table_name="draft_verdict")
    op.drop_table("draft_verdict")
    op.drop_index(op.f("ix_draft_comment_draft_id"), table_name="draft_comment")
    op.drop_table("draft_comment")
    op.drop_index(op.f("ix_edition_person_person_id"), table_name="edition_person")
    op.drop_table("edition_person")
    op.drop_index(op.f("ix_reader_report_course_id"), table_name="reader_report")
    op.drop_table("reader_report")
