"""Courses from files: packages, zips of folders, folders of this server; and folders back in.

bring      a course is brought and becomes a draft; the package of an edition is sent
compare    a folder that was edited elsewhere is compared with a draft, and taken
brought    taking a file, and what the worker found in it
addresses  below which address all this lies
"""

from __future__ import annotations

from lms.authoring.folders.views import bring, compare
from lms.authoring.folders.views.addresses import bp

__all__ = ["bp", "bring", "compare"]
