"""drafts

Revision: 0006
After: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "block_text",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("course_id", "block", "digest", name=op.f("pk_block_text")),
    )
    op.create_table(
        "draft_content",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_draft_content")),
    )
    op.create_table(
        "draft",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("made_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_draft_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_draft_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(
        "uq_draft_open_course",
        "draft",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "draft_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by", lms.tables.Id(length=16), nullable=True),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_draft_version_by_person")),
        sa.ForeignKeyConstraint(
            ["digest"], ["draft_content.digest"], name=op.f("fk_draft_version_digest_draft_content")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_version_draft_id_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_version")),
        sa.UniqueConstraint(
            "draft_id", "path", "number", name=op.f("uq_draft_version_draft_id_path_number")
        ),
    )
    op.create_table(
        "draft_file",
        sa.Column("draft_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_file_draft_id_draft")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["draft_version.id"],
            name=op.f("fk_draft_file_version_id_draft_version"),
        ),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_draft_file")),
    )


def downgrade() -> None:
    op.drop_table("draft_file")
    op.drop_table("draft_version")
    op.drop_index(
        "uq_draft_open_course",
        table_name="draft",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_table("draft")
    op.drop_table("draft_content")
    op.drop_table("block_text")
