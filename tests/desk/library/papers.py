"""Small PDFs, and a document that lies in the library."""

from __future__ import annotations

import zlib
from collections.abc import Collection

from flask import Flask
from sqlalchemy.orm import Session

from lms.accounts.rules import SERVER
from lms.catalogue.library import actions
from lms.catalogue.library.rules import pages_of
from lms.files import FileStore
from lms.kernel import clock

TITLES = {"en": "Standard rules", "ar": "القواعد النموذجية"}


def pdf(pages: int = 3, words: str = "", *, packed: bool = False) -> bytes:
    """Return something that begins and counts as a PDF does."""
    objects = "\n".join(f"{n} 0 obj << /Type /Page /N {n} >> endobj" for n in range(pages)).encode()
    if packed:
        stream = zlib.compress(objects)
        head = f"9 0 obj << /Type /ObjStm /Filter /FlateDecode /Length {len(stream)} >> stream\n"
        objects = head.encode() + stream + b"\nendstream endobj"
    return b"%PDF-1.7\n1 0 obj << /Type /Pages >> endobj\n" + words.encode() + b"\n" + objects


def put_document(
    session: Session,
    app: Flask,
    code: str = "standards",
    languages: Collection[str] = ("en", "ar"),
    titles: dict[str, str] | None = None,
) -> None:
    """Put a document with a file in each of ``languages`` into the library."""
    actions.add(session, SERVER, code, titles or TITLES, now=clock.now())
    for pages, language in enumerate(languages, 3):
        data = pdf(pages, f"{code} {language} " * 200)
        digest = FileStore(app.config["LMS"].data / "files").put(data)
        actions.put_file(
            session, SERVER, code, language, digest, len(data), pages_of(data), now=clock.now()
        )
