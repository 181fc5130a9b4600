"""The store of files, and sending one from a view that has checked the permission."""

from __future__ import annotations

from flask import Response, current_app, request

from lms.files import FileStore, has_room
from lms.kernel.errors import NotFound, Refused
from lms.kernel.messages import Message, msg
from lms.web.answers import FILE_HEADER
from lms.web.wsgi_call import BEHIND_GATE

# Whatever the file holds, a browser that shows it runs and loads nothing of it.
POLICY = "sandbox; default-src 'none'"


# What may stand inside a page: pictures of dots. An SVG is a program as much as a picture.
PICTURES = {"png": "image/png", "webp": "image/webp", "jpg": "image/jpeg", "avif": "image/avif"}
NO_ROOM = Message(
    msg(
        "The disk of the server is nearly full, so it makes no files at present. Learning and "
        "saving go on. Tell whoever looks after the server, and ask again when there is room."
    )
)
# The address holds digits of the content: other bytes have another address.
FOR_GOOD = "private, max-age=31536000, immutable"


def file_store() -> FileStore:
    """Return the store of this server's data folder, for pages, commands and steps of jobs."""
    return FileStore(current_app.config["LMS"].data / "files")


def require_room() -> None:
    """Let a file be made while the disk has room; raises Refused: what is left is for answers."""
    if not has_room(current_app.config["LMS"].data):
        raise Refused(NO_ROOM)


def send(digest: str, mimetype: str, *, name: str) -> Response:
    """Return an answer that saves the stored file under ``name``; raises NotFound without it."""
    response = _stored(digest, mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{_plain(name)}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def show(digest: str, kind: str, *, name: str) -> Response:
    """Return a stored picture that stands inside a page; raises NotFound without it.

    kind  one of PICTURES, decided by the content of the file when it was taken.

    A browser asks for it once: only the address of a picture that never changes may lead here.
    """
    response = _stored(digest, PICTURES[kind])
    response.headers["Content-Disposition"] = f'inline; filename="{_plain(name)}"'
    response.headers["Cache-Control"] = FOR_GOOD
    return response


def _plain(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in name)


def _stored(digest: str, mimetype: str) -> Response:
    """Return an answer with the stored file; raises NotFound without it.

    The gate sends it by itself, with ranges and without a thread or memory of ours; under any
    other server it is read here.
    """
    store = file_store()
    path = store.path(digest)
    if not path.is_file():
        raise NotFound
    if request.environ.get(BEHIND_GATE):
        response = Response(mimetype=mimetype)
        response.headers[FILE_HEADER] = path.relative_to(store.folder).as_posix()
    else:
        response = Response(path.read_bytes(), mimetype=mimetype)
    response.set_etag(digest)
    response.headers["Content-Security-Policy"] = POLICY
    return response
