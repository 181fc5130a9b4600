"""A certificate of nobody, with the layout that somebody is about to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from lms.certificates import pdf, rules
from lms.certificates.labels import in_languages
from lms.certificates.layouts import Layout
from lms.certificates.snapshot import CertificateSnapshot
from lms.files import FileStore
from lms.installation import Installation
from lms.kernel.messages import Message, msg
from lms.web.language import say

# Translators: stand on a sample of a certificate in place of a course, a name, the pass rule.
COURSE, NAME = msg("Title of the course"), msg("First name and surname")
RULE = msg("What had to be done to pass.")
CODE = "23456789CFGV"


def paper(site: Installation, facts: Mapping[str, Any], store: FileStore, today: date) -> bytes:
    """Return the PDF with "Preview" across it.

    facts  those of a ``Layout``, and the ``language`` of the page that asked.
    """
    first = facts["language"] if facts["language"] in site.languages else site.languages[0]
    printed = printed_in(site, first)
    sheet = sample(site, Layout.from_facts(facts), printed, today)
    return pdf.render(
        sheet,
        [say(Message(NAME), first)],
        in_languages(say, printed),
        [store.get(digest) for digest in sheet.logos],
        preview=True,
    )


def printed_in(site: Installation, language: str) -> tuple[str, ...]:
    """Return the languages of a certificate whose page is in ``language``, that one first."""
    first, second = rules.printed_languages(language, site.languages, site.country)
    return (first, second) if second else (first,)


def sample(
    site: Installation,
    layout: Layout,
    printed: Sequence[str],
    today: date,
    **texts: Any,
) -> CertificateSnapshot:
    """Return a snapshot of nobody's certificate; ``texts`` replace those that stand for others."""
    facts: dict[str, Any] = {
        "titles": {each: say(Message(COURSE), each) for each in printed},
        "rules": {each: say(Message(RULE), each) for each in printed},
        **texts,
    }
    return CertificateSnapshot(
        serial=UUID(int=0),
        number=f"{rules.number_prefix(site)}-{today.year}-00000",
        code=CODE,
        edition="1.0",
        completed_on=today,
        valid_through=today + timedelta(days=730),
        hours=3.0,
        issuers=layout.issuers_in(printed, site),
        issued_on=today,
        language=printed[0],
        second_language=printed[1] if len(printed) > 1 else None,
        status_list=1,
        status_index=0,
        qr_text="LMSC1:PREVIEW",
        check_url="https://example.org/v/0",
        signatories=layout.signatories_in(printed),
        logos=tuple(layout.logos),
        country=site.country,
        digits=site.digits,
        brand=site.brand,
        band=site.band,
        **facts,
    )
