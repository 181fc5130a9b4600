"""The certificate as a PDF: a view of its snapshot and the holder's names, always the same bytes.

``page_data`` decides what is said; ``layout/certificate.typ`` decides how it looks. Only the worker
calls ``render``: it alone loads typst and segno.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lms.certificates.glyphs import require_glyphs
from lms.certificates.page import Labels, page_data
from lms.certificates.printed import printed_texts
from lms.certificates.snapshot import CertificateSnapshot
from lms.kernel.errors import Refused
from lms.kernel.messages import Message, msg

LAYOUT = Path(__file__).parent / "layout"
PAGE, TRANSCRIPT, BLANK = "certificate.typ", "transcript.typ", "blank.typ"
PAGES_REMEMBERED = 10
# PDF/A, tagged: fonts embedded, colours defined; it can be read in thirty years. Part 3 is the same
# with files inside.
STANDARD, WITH_FILES = "a-2a", "a-3a"
_PART = re.compile(r"TOO-LONG (\w*)")


class TooLong(Refused):
    """The texts do not fit on the page. ``part``: ``upper``, ``signatures`` or another one, ""."""

    def __init__(self, message: Message, part: str) -> None:
        """Keep the part of the page beside the sentence."""
        super().__init__(message)
        self.part = part


def render(
    snapshot: CertificateSnapshot,
    names: Sequence[str],
    labels: Labels,
    logos: Sequence[bytes] = (),
    *,
    preview: bool = False,
    least: float | None = None,
) -> bytes:
    """Return the PDF/A of one certificate; the same arguments always give the same bytes.

    names    the holder's name in one to three scripts.
    labels   the words of ``labels.LABELS`` in every language of the snapshot.
    logos    the SVG or PNG files that ``snapshot.logos`` names, in that order.
    preview  whether "Preview" stands across the page.
    least    how small the texts may be set, as a part of their size, while a layout is chosen; no
             word is then wider than its column. None prints whatever can be printed.
    raises   MissingGlyph naming a character that cannot be printed; TooLong when the texts do
             not fit on the page.
    """
    data = page_data(snapshot, names, labels, logos, preview=preview)
    if least is not None:
        data["least"] = least
    require_glyphs(printed_texts(data))
    return typeset(json.dumps(data, ensure_ascii=False), snapshot.issued_on)


_TOO_LONG = {
    PAGE: msg(
        "The texts of this certificate do not fit on its page. Shorten the title of "
        "the course, the issuer's name or the list of partners."
    ),
    TRANSCRIPT: msg(
        "The texts of this training record do not fit on its page. Shorten the titles of the "
        "courses or the issuer's name."
    ),
}


# The page that was set last is kept: a certificate is tried out before it gets its number, and
# when it did get the number with which it was tried out, its paper is there already.
@lru_cache(maxsize=1)
def typeset(data: str, day: date, layout: str = PAGE, standard: str = STANDARD) -> bytes:
    """Return the PDF of what ``page_data`` gave, as JSON.

    day     the document's own date. By the clock each copy would be another file.
    layout  the file that decides how it looks.
    standard  the part of PDF/A: ``STANDARD`` or ``WITH_FILES``.
    """
    import typst

    try:
        document = _compiler(layout).compile(
            format="pdf",
            sys_inputs={"paper": data},
            pdf_standards=[standard],
            timestamp=datetime.combine(day, time(), UTC),
        )
    except typst.TypstError as error:
        found = _PART.search(error.message)
        if found is None:
            raise
        raise TooLong(Message(_TOO_LONG[layout]), found[1]) from error
    finally:
        _forget()
    return bytes(document)


def _forget() -> None:
    """Let typst forget what it has computed for this page: it would keep that for ten pages more.

    Nothing of it serves the next page, and it costs 30 MiB. typst drops what was not used for more
    than ten pages; there is no other way to ask for it, so eleven empty ones are set (1 ms).
    """
    for _ in range(PAGES_REMEMBERED + 1):
        _compiler(BLANK).compile(format="svg")


@cache
def _compiler(layout: str) -> Any:  # noqa: ANN401 -- typst has no types
    """Return the one compiler of a layout in this process, with our fonts and no others."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[LAYOUT / "fonts"],
    )
    return typst.Compiler(
        LAYOUT / layout,
        root=LAYOUT,
        font_paths=fonts,
        ignore_system_fonts=True,
    )
