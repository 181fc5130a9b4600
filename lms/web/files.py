"""Sending a file of the store from a view that has checked the permission."""

from __future__ import annotations

from flask import Response, current_app, request

from lms.files import FileStore
from lms.kernel.errors import NotFound
from lms.web.answers import FILE_HEADER
from lms.web.wsgi_call import BEHIND_GATE

# Whatever the file holds, a browser that shows it runs and loads nothing of it.
POLICY = "sandbox; default-src 'none'"


def send(digest: str, mimetype: str, *, name: str) -> Response:
    """Return an answer that saves the stored file under ``name``; raises NotFound without it.

    The gate sends it by itself, with ranges and without a thread or memory of ours; under any
    other server it is read here.
    """
    store = FileStore(current_app.config["LMS"].data / "files")
    path = store.path(digest)
    if not path.is_file():
        raise NotFound
    if request.environ.get(BEHIND_GATE):
        response = Response(mimetype=mimetype)
        response.headers[FILE_HEADER] = path.relative_to(store.folder).as_posix()
    else:
        response = Response(path.read_bytes(), mimetype=mimetype)
    response.set_etag(digest)
    plain = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in name)
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    return response
