"""What the server looks at by itself at night: the names of its jobs and of what they leave."""

from __future__ import annotations

TIDY = "housekeeping"
CHECK = "integrity.check"
DRILL = "backup.drill"
LOOK = "health.look"

LAST_CHECK = "last_check"  # the decision that the look at the database leaves: {"at", "fault"}
LAST_DRILL = "last_drill"  # the one that a restore test leaves: {"at", "fault", "rows"}
LAST_LOOK = "last_look"  # the one that the look at all parts leaves: {"at", "found"}
