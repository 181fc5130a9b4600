"""search and library

Revision: 0008
After: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables
from lms.catalogue.search.dialect import DROP_INDEX, MAKE_INDEX, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("added_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("added_at", lms.tables.UtcDateTime(), nullable=False),
        sa.Column("withdrawn_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("withdrawn_at", lms.tables.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("code", name=op.f("uq_document_code")),
    )
    op.create_table(
        "document_file",
        sa.Column("document_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("added_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("added_at", lms.tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_file_document_id_document")
        ),
        sa.PrimaryKeyConstraint("document_id", "language", name=op.f("pk_document_file")),
    )
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("lesson", sa.String(), nullable=True),
        sa.Column("block", sa.String(), nullable=True),
        sa.Column("document_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("heading_in", sa.String(), nullable=True),
        sa.Column("said_in", sa.String(), nullable=True),
        sa.Column("heading_words", Words(), nullable=False),
        sa.Column("words", Words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_search_entry_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_search_entry_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_search_entry_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index(
        "ix_search_entry_course_id_edition_id", "search_entry", ["course_id", "edition_id"]
    )
    op.create_index(op.f("ix_search_entry_document_id"), "search_entry", ["document_id"])
    op.execute(MAKE_INDEX[op.get_bind().dialect.name])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(DROP_INDEX)
    op.drop_table("search_entry")
    op.drop_table("document_file")
    op.drop_table("document")
