"""people, places, requirements, programmes, second factor, imports

Revision: 0002
After: 0001
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

import lms.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("issuers", sa.JSON(), nullable=False),
        sa.Column("partners", sa.JSON(), nullable=False),
        sa.Column("funders", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("printed", sa.Boolean(), nullable=False),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("fixed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("made_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_table(
        "exemption",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("given_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("given_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", lms.tables.Id(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_exemption_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_exemption_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption")),
    )
    with op.batch_alter_table("exemption", schema=None) as batch_op:
        batch_op.create_index(
            "ix_exemption_person_id_course_id", ["person_id", "course_id"], unique=False
        )

    op.create_table(
        "programme_change",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("programme_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("by", lms.tables.Id(length=16), nullable=True),
        sa.Column("at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_programme_change_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_change")),
    )
    with op.batch_alter_table("programme_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_programme_change_programme_id"), ["programme_id"], unique=False
        )

    op.create_table(
        "programme_course",
        sa.Column("programme_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_programme_course_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_programme_course_programme_id_programme"),
        ),
        sa.PrimaryKeyConstraint("programme_id", "course_id", name=op.f("pk_programme_course")),
    )
    op.create_table(
        "requirement",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("unit_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("function", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("interval_months", sa.Integer(), nullable=True),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("enrols", sa.Boolean(), nullable=False),
        sa.Column("programme_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("made_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_requirement_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_requirement_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_requirement_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
    )
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requirement_course_id"), ["course_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_requirement_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "second_factor",
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("code_hashes", sa.JSON(), nullable=False),
        sa.Column("codes_made_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "staff_import",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asked_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("made_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_staff_import_asked_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_import")),
    )
    op.create_table(
        "unit_name",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("unit_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_name_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_name")),
    )
    with op.batch_alter_table("unit_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_name_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("enrolment_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("before", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("given_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_extension_enrolment_id_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_extension_enrolment_id"), ["enrolment_id"], unique=False
        )

    op.create_table(
        "external_certificate",
        sa.Column("id", lms.tables.Id(length=16), nullable=False),
        sa.Column("person_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("enrolment_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("entered_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("entered_at", lms.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_by", lms.tables.Id(length=16), nullable=True),
        sa.Column("checked_at", lms.tables.UtcDateTime(timezone=True), nullable=True),
        sa.Column("refused_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_external_certificate_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_external_certificate_enrolment_id_enrolment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_external_certificate_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_certificate")),
    )
    with op.batch_alter_table("external_certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_external_certificate_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "staff_import_row",
        sa.Column("import_id", lms.tables.Id(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("subject_id", lms.tables.Id(length=16), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["staff_import.id"],
            name=op.f("fk_staff_import_row_import_id_staff_import"),
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_staff_import_row")),
    )
    with op.batch_alter_table("staff_import_row", schema=None) as batch_op:
        batch_op.create_index(
            "ix_staff_import_row_import_id_verdict", ["import_id", "verdict"], unique=False
        )

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renews_id", lms.tables.Id(length=16), nullable=True))
        batch_op.add_column(sa.Column("programme_id", lms.tables.Id(length=16), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_enrolment_renews_id_enrolment"), "enrolment", ["renews_id"], ["id"]
        )
        batch_op.create_index(
            "ix_enrolment_person_id_course_id", ["person_id", "course_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_enrolment_programme_id_programme"), "programme", ["programme_id"], ["id"]
        )

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("result", sa.JSON(), nullable=True))

    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_through", sa.Date(), nullable=True))

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", lms.tables.Id(length=16), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_unit_merged_into_id_unit"), "unit", ["merged_into_id"], ["id"]
        )

    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("search", sa.String(), nullable=False, server_default=""))
    _fill_search()

    # What was passed before counts from the day of the pass, as the records' projection says.
    op.execute("UPDATE progress SET held_from = date(passed_at) WHERE passed_at IS NOT NULL")


def _fill_search() -> None:
    """Fold the names that are there, as ``lms.accounts.rules.searchable`` did at this revision."""
    connection = op.get_bind()
    identity = sa.table(
        "identity",
        sa.column("person_id"),
        sa.column("service_number"),
        sa.column("name"),
        sa.column("name_latin"),
        sa.column("search"),
    )
    for row in connection.execute(sa.select(identity)).all():
        texts = (row.name, row.name_latin or "", row.service_number)
        search = " ".join(_folded(text) for text in texts if text)
        connection.execute(
            sa.update(identity).where(identity.c.person_id == row.person_id).values(search=search)
        )


def _folded(text: str) -> str:
    split = unicodedata.normalize("NFKD", text).casefold()
    kept = (char for char in split if char.isalnum())
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in kept)


def downgrade() -> None:
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_column("search")

    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_unit_merged_into_id_unit"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.drop_column("valid_through")
        batch_op.drop_column("held_from")

    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("result")

    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolment_person_id_course_id")
        batch_op.drop_constraint(
            batch_op.f("fk_enrolment_programme_id_programme"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_enrolment_renews_id_enrolment"), type_="foreignkey")
        batch_op.drop_column("programme_id")
        batch_op.drop_column("renews_id")

    with op.batch_alter_table("staff_import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_staff_import_row_import_id_verdict")

    op.drop_table("staff_import_row")
    with op.batch_alter_table("external_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_certificate_person_id"))

    op.drop_table("external_certificate")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extension_enrolment_id"))

    op.drop_table("extension")
    with op.batch_alter_table("unit_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_name_unit_id"))

    op.drop_table("unit_name")
    op.drop_table("staff_import")
    op.drop_table("second_factor")
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requirement_unit_id"))
        batch_op.drop_index(batch_op.f("ix_requirement_course_id"))

    op.drop_table("requirement")
    op.drop_table("programme_course")
    with op.batch_alter_table("programme_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_programme_change_programme_id"))

    op.drop_table("programme_change")
    with op.batch_alter_table("exemption", schema=None) as batch_op:
        batch_op.drop_index("ix_exemption_person_id_course_id")

    op.drop_table("exemption")
    op.drop_table("programme")
