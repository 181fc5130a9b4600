"""Lists from spreadsheets: send one, say what its columns are, see what it would do, take it over.

One address shows a list in whatever state it is, so that whoever comes back finds it.

lists      the lists that were sent; one of them, and its report
columns    how a file is read, what its columns and job titles are
deciding   taking over, undoing, throwing away
addresses  below which address all this lies
"""

from __future__ import annotations

from lms.accounts.importing.views import columns, deciding, lists
from lms.accounts.importing.views.addresses import bp

__all__ = ["bp", "columns", "deciding", "lists"]
