"""Which files a report can be had as."""

from __future__ import annotations

from collections.abc import Mapping

FORMS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
