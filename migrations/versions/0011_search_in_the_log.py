"""indexes with which the log is searched by action and by subject

Revision: 0011
After: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_action_at", "audit", ["action", "at"])
    op.create_index("ix_audit_subject_at", "audit", ["subject", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_subject_at", table_name="audit")
    op.drop_index("ix_audit_action_at", table_name="audit")
