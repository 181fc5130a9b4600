"""What the pages of a country's layer agree on."""

from __future__ import annotations

import re
from uuid import UUID

READINESS = "drafts.readiness"
NATION = re.compile(r"[a-z]{2}")
# More reasons than this say nothing more to whoever mends them.
MOST_REASONS = 50


def key_of(draft_id: UUID, state: str) -> str:
    """Return the key of a job about one state of a draft: asking twice makes one job."""
    return f"{draft_id} {state}"
