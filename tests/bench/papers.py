"""Five hundred certificates, in five languages and two pairs of them."""

from __future__ import annotations

import time
from uuid import uuid4

from lms.certificates import pdf
from tests.bench.section import Bench
from tests.bench.table import Figure
from tests.certificates.papers import LABELS, NAMES, snapshot

CERTIFICATES = 500
KINDS = (("en", None), ("fr", None), ("ar", None), ("ru", None), ("kk", None), ("ar", "fr"),
         ("kk", "ru"))  # fmt: skip


def run(bench: Bench) -> list[Figure]:
    """Set them one after the other, each with a number and a name of its own."""
    count = 50 if bench.quick else CERTIFICATES
    sizes = []
    began = time.monotonic()
    first = 0.0
    for number in range(count):
        language, second = KINDS[number % len(KINDS)]
        name, *others = NAMES[language]
        paper = snapshot(language, second, serial=uuid4(), number=f"TN-2026-{number:05}")
        sizes.append(len(pdf.render(paper, (name, *others), LABELS)))
        first = first or time.monotonic() - began
    seconds = (time.monotonic() - began) * CERTIFICATES / count
    return [
        Figure(
            f"{CERTIFICATES} certificates",
            seconds,
            "s",
            20,
            note=f"measured {count} in one process; the first took {first:.2f} s",
        ),
        Figure("largest PDF", max(sizes) / 1000, "kB"),
    ]
