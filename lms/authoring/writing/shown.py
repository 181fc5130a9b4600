"""What a preview shows: the lesson of a draft, its pictures and its weight."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from babel import dates
from flask import url_for

from lms.authoring.drafts import queries
from lms.authoring.drafts.access import Room
from lms.content.labels import spoken
from lms.content.pictures import NotAPictureError, Picture, picture
from lms.db import reading
from lms.kernel.packing import as_brotli
from lms.web.language import locale_of, sentence
from lms.web.pages import site, viewer

SHOWN = re.compile(r"^!\[[^\]\n]*\]\(media/([A-Za-z0-9.-]+)\)", re.MULTILINE)


def compiled(here: Room, language: str, code: str) -> Any:  # noqa: ANN401 -- see ``preview``
    """Return a lesson as HTML, see ``preview``; None where its text cannot be shown."""
    # Loads Markdown, which only those who write need: the server of a small service stays small.
    from lms.authoring.writing.preview import places_in, preview
    from lms.content.figures import placed

    facts, source = here.facts, here.draft.source
    if facts is None:
        return None
    session, me = reading(), viewer()
    wanted = {f"{each}/{name}.md" for each in (language, source) for name in (code, "glossary")}
    others = {f"{source}/{each}.md" for each in facts.codes() if each != code}
    found = queries.read(session, me, here.draft, [*wanted, *others])
    country = site().country
    locale = str(locale_of(language, country))
    pictures = _pictures_of(here, [found[path].text for path in wanted])
    shown = preview(
        facts,
        code,
        language,
        {path: found[path].data for path in wanted},
        spoken(lambda msgid: sentence(msgid, language)),
        places_in({path.partition("/")[2][:-3]: found[path].data for path in others}),
        lambda day: dates.format_date(day, "long", locale=locale),
        pictures,
    )
    if shown is None:
        return None
    names = {each.address: name for name, each in pictures.items()}

    def address(of_picture: str) -> str:
        return url_for("pictures.show", draft_id=here.draft.id, picture_name=names[of_picture])

    return replace(shown, html=placed(shown.html, address), print=placed(shown.print, address))


def _pictures_of(here: Room, texts: Iterable[str]) -> dict[str, Picture]:
    """Return the pictures that some texts show, as far as the draft has them."""
    names = {name for text in texts for name in SHOWN.findall(text)}
    if not names:
        return {}
    paths = {f"media/{name}": name for name in names}
    found = queries.read(reading(), viewer(), here.draft, paths)
    pictures = {}
    for path, name in paths.items():
        try:
            pictures[name] = picture(name, found[path].data)
        except NotAPictureError:
            continue
    return pictures


def weight_of(shown: Any, code: str, spoken: str) -> Any:  # noqa: ANN401 -- see ``weights.Weight``
    """Return what a lesson weighs and how long it takes on two lines; None without a lesson."""
    from lms.authoring.weights import SLOW, WEAK, Weight

    if shown is None:
        return None
    pictures = shown.parts().get("pictures", 0)
    weight = Weight(code, spoken, len(as_brotli(shown.html.encode())), pictures)
    return {
        "bytes": weight.next,
        "pictures": weight.pictures,
        "reasons": weight.reasons(),
        "lines": [(line.name, round(weight.seconds(line), 1)) for line in (WEAK, SLOW)],
    }
