"""Why a spreadsheet is not read."""

from __future__ import annotations

from lms.kernel.errors import LmsError


class SheetRefusedError(LmsError):
    """A file is no spreadsheet that we read; the message says what is in the way and what to do."""

    status = 422
