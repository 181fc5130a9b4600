"""A certificate of nobody, with the layout that somebody is about to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from lms.certificates import pdf, rules
from lms.certificates.actions.issuing import signatory
from lms.certificates.labels import in_languages
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

    facts  ``issuers``, ``signatories``, ``logos`` and the ``language`` of the page that asked.
    """
    first = facts["language"] if facts["language"] in site.languages else site.languages[0]
    language, second = rules.printed_languages(first, site.languages, site.country)
    printed = (language, second) if second else (language,)
    wanted = replace(site, issuers=facts["issuers"])
    logos = tuple(facts["logos"])

    def said(msgid: str) -> dict[str, str]:
        return {each: say(Message(msgid), each) for each in printed}

    snapshot = CertificateSnapshot(
        serial=UUID(int=0),
        number=f"{rules.number_prefix(site)}-{today.year}-00000",
        code=CODE,
        titles=said(COURSE),
        edition="1.0",
        completed_on=today,
        valid_through=today + timedelta(days=730),
        hours=3.0,
        issuers={each: wanted.issuers.get(each) or wanted.name(each) for each in printed},
        issued_on=today,
        rules=said(RULE),
        language=language,
        second_language=second,
        status_list=1,
        status_index=0,
        qr_text="LMSC1:PREVIEW",
        check_url="https://example.org/v/0",
        signatories=tuple(signatory(person, printed) for person in facts["signatories"]),
        logos=logos,
        country=site.country,
        digits=site.digits,
        brand=site.brand,
        band=site.band,
    )
    return pdf.render(
        snapshot, [say(Message(NAME), language)], in_languages(say, printed),
        [store.get(digest) for digest in logos], preview=True,
    )  # fmt: skip
