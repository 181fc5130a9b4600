"""How pictures of a draft are called."""

from __future__ import annotations

import re
import unicodedata

DRAW = "drafts.picture"  # the kind of job
LONGEST = 40


def name_of(file_name: str) -> str:
    """Return how a picture is called in the course, from the name of the file that was sent.

    Small letters a-z, digits and dashes, at most 40; ``picture`` where nothing of it is left, as
    of a name in another script.
    """
    last = file_name.replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "picture"
