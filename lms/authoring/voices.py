"""How compiled text speaks on this server."""

from __future__ import annotations

from collections.abc import Mapping

from lms import installation
from lms.authoring import shipped
from lms.authoring.compiled import Voice
from lms.db import reading
from lms.installation import LANGUAGES
from lms.web.language import locale_of, sentence


def spoken_voices() -> Mapping[str, Voice]:
    """Return the voice of each language of the pages, with dates as this country writes them."""
    country = installation.read(reading()).country
    return shipped.voices(LANGUAGES, country, sentence, locale_of)
