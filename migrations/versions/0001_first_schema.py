"""first schema

Revision: 0001
After:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_actor_id_at", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_audit_at", ["at"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "certificate_counter",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_certificate_counter")),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("slug", name=op.f("uq_course_slug")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lease_until", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("done_units", sa.Integer(), nullable=False),
        sa.Column("total_units", sa.Integer(), nullable=True),
        sa.Column("asked_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index("uq_job_kind_key", ["kind", "key"], unique=True)

    op.create_table(
        "offered_change",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("core_digest", sa.String(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_offered_change")),
    )
    op.create_table(
        "person",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rank_group", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("extra_time", sa.Integer(), nullable=False),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "request_key",
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_request_key")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "site",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "unit",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("parent_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("path", name=op.f("uq_unit_path")),
    )
    op.create_table(
        "withdrawal_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_list")),
    )
    op.create_table(
        "audit_address",
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit.id"], name=op.f("fk_audit_address_audit_id_audit")
        ),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_address")),
    )
    op.create_table(
        "credential",
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=True),
        sa.Column("code_until", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("spare_code_hash", sa.String(), nullable=True),
        sa.Column("changed_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_credential_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential")),
    )
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("core_digest", sa.String(), nullable=False),
        sa.Column("nation", sa.String(), nullable=True),
        sa.Column("layer_digest", sa.String(), nullable=False),
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("published_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_by", lms.tables.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_edition_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint(
            "course_id", "number", "revision", name=op.f("uq_edition_course_id_number_revision")
        ),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("begun_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_enrolment_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_course_id", ["course_id"], unique=False)
        batch_op.create_index(
            "uq_enrolment_open",
            ["person_id", "course_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "grant_",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("course_id", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("given_by", lms.tables.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["given_by"], ["person.id"], name=op.f("fk_grant__given_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_grant__person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_grant__unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "unit_id",
            "course_id",
            "starts_on",
            name=op.f("uq_grant__person_id_role_unit_id_course_id_starts_on"),
        ),
    )
    with op.batch_alter_table("grant_", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant__person_id"), ["person_id"], unique=False)

    op.create_table(
        "identity",
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("service_number", sa.String(), nullable=False),
        sa.Column("service_number_folded", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_latin", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("names_confirmed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_identity_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_identity")),
        sa.UniqueConstraint(
            "service_number_folded", name=op.f("uq_identity_service_number_folded")
        ),
    )
    op.create_table(
        "posting",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("unit_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_posting_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_posting_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index("ix_posting_person_current", ["person_id", "ends_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("choosing", sa.Boolean(), nullable=False),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(
            "ix_session_live", ["seen_at"], unique=False, sqlite_where=sa.text("ended_at IS NULL")
        )
        batch_op.create_index(batch_op.f("ix_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "attempt_grant",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("enrolment_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("given_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_attempt_grant_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_grant")),
    )
    with op.batch_alter_table("attempt_grant", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attempt_grant_enrolment_id"), ["enrolment_id"], unique=False
        )

    op.create_table(
        "edition_item",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("critical", sa.String(), nullable=True),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_item_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "item_id", name=op.f("pk_edition_item")),
    )
    op.create_table(
        "edition_item_text",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_item_text_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "item_id", "language", name=op.f("pk_edition_item_text")
        ),
    )
    op.create_table(
        "edition_lesson",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_lesson_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "code", "language", name=op.f("pk_edition_lesson")),
    )
    op.create_table(
        "edition_text",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("bank_complete", sa.Boolean(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_edition_text_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("edition_id", "language", name=op.f("pk_edition_text")),
    )
    op.create_table(
        "form",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_form_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
        sa.UniqueConstraint("code", name=op.f("uq_form_code")),
    )
    op.create_table(
        "held_form",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_held_form_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_held_form_session_id_session")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_held_form")),
    )
    with op.batch_alter_table("held_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_form_person_id"), ["person_id"], unique=False)

    op.create_table(
        "learning_record",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("enrolment_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("voids", lms.tables.Id(length=16), nullable=True),
        sa.Column("claimed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stored_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("site_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("site_seq", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_learning_record_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_learning_record_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_learning_record_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_record")),
        sa.UniqueConstraint(
            "enrolment_id", "key", name=op.f("uq_learning_record_enrolment_id_key")
        ),
        sa.UniqueConstraint(
            "site_id", "site_seq", name=op.f("uq_learning_record_site_id_site_seq")
        ),
    )
    op.create_table(
        "progress",
        sa.Column("enrolment_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("lessons", sa.JSON(), nullable=False),
        sa.Column("reviewed", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=True),
        sa.Column("section", sa.String(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("passed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("seen_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_progress_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_progress")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("enrolment_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("form_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("submit_claimed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("points", sa.String(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("entered_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("checked_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("grant_id", lms.tables.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_attempt_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_attempt_form_id_form")),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["attempt_grant.id"], name=op.f("fk_attempt_grant_id_attempt_grant")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attempt_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "enrolment_id", "test", "number", name=op.f("uq_attempt_enrolment_id_test_number")
        ),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_person_id"), ["person_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("attempt_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version_seen", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("late", sa.String(), nullable=True),
        sa.Column("claimed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stored_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("entered_by", lms.tables.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_answer_attempt_id_attempt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("attempt_id", "page", "n", name=op.f("uq_answer_attempt_id_page_n")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("enrolment_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("snapshot", sa.JSON(), nullable=True),
        sa.Column("name_digest", sa.LargeBinary(), nullable=True),
        sa.Column("awarded_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("issued_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_certificate_attempt_id_attempt")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_certificate_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_certificate_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_certificate_enrolment_id_enrolment")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint(
            "enrolment_id", "generation", name=op.f("uq_certificate_enrolment_id_generation")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("status_index", name=op.f("uq_certificate_status_index")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_person_id"), ["person_id"], unique=False)

    op.create_table(
        "certificate_event",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("certificate_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("successor_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", lms.tables.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_event_certificate_id_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_event_successor_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_event")),
    )
    with op.batch_alter_table("certificate_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_event_certificate_id"), ["certificate_id"], unique=False
        )

    op.create_table(
        "certificate_holder",
        sa.Column("certificate_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("pdf", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_holder_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_holder")),
    )


def downgrade() -> None:
    op.drop_table("certificate_holder")
    with op.batch_alter_table("certificate_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_event_certificate_id"))

    op.drop_table("certificate_event")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_person_id"))

    op.drop_table("certificate")
    op.drop_table("answer")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_person_id"))

    op.drop_table("attempt")
    op.drop_table("progress")
    op.drop_table("learning_record")
    with op.batch_alter_table("held_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_held_form_person_id"))

    op.drop_table("held_form")
    op.drop_table("form")
    op.drop_table("edition_text")
    op.drop_table("edition_lesson")
    op.drop_table("edition_item_text")
    op.drop_table("edition_item")
    with op.batch_alter_table("attempt_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_grant_enrolment_id"))

    op.drop_table("attempt_grant")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_person_id"))
        batch_op.drop_index("ix_session_live", sqlite_where=sa.text("ended_at IS NULL"))

    op.drop_table("session")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_unit_id"))
        batch_op.drop_index(batch_op.f("ix_posting_person_id"))
        batch_op.drop_index("ix_posting_person_current")

    op.drop_table("posting")
    op.drop_table("identity")
    with op.batch_alter_table("grant_", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant__person_id"))

    op.drop_table("grant_")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_enrolment_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_enrolment_course_id")

    op.drop_table("enrolment")
    op.drop_table("edition")
    op.drop_table("credential")
    op.drop_table("audit_address")
    op.drop_table("withdrawal_list")
    op.drop_table("unit")
    op.drop_table("throttle")
    op.drop_table("site")
    op.drop_table("setting")
    op.drop_table("request_key")
    op.drop_table("person")
    op.drop_table("offered_change")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("uq_job_kind_key")
        batch_op.drop_index("ix_job_state_due_at")

    op.drop_table("job")
    op.drop_table("course")
    op.drop_table("certificate_counter")
    op.drop_table("audit_head")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_at")
        batch_op.drop_index("ix_audit_actor_id_at")

    op.drop_table("audit")
