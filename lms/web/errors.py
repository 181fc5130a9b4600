"""Every refusal and every fault as a page: a sentence for the person, the detail for the log."""

from __future__ import annotations

import logging
import sqlite3
import traceback

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from lms.kernel.errors import LmsError
from lms.kernel.ids import one_time_code
from lms.kernel.messages import Message, msg
from lms.web.language import say

log = logging.getLogger("lms.errors")

NO_SPACE = msg(
    "The server cannot write at this moment: its disk is full, locked or failing. Reading goes on. "
    "Tell your administrator; what you typed is still in this page if you go back."
)
SENTENCES = {
    401: msg("Sign in to open this page."),
    404: msg("There is nothing here that you can open."),
    405: msg("This address does not take that kind of request. Go back and use the buttons."),
    413: msg("What was sent is too large."),
    429: msg("Too many tries in a short time. Wait a minute, then try again."),
    507: NO_SPACE,
}
# What the databases say when nothing can be stored at this moment. A disk that fails is made
# read-only by the system; SQLite then speaks of an error of input or output.
CANNOT_WRITE = ("full", "readonly", "read-only", "locked", "unable to open")
UNWRITABLE = frozenset(
    {
        sqlite3.SQLITE_IOERR, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_DELETE, sqlite3.SQLITE_IOERR_SHMOPEN, sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_IOERR_SHMMAP,
    }
)  # fmt: skip
OTHERWISE = msg("This request could not be understood. Go back and try again.")
OUR_FAULT = msg(
    "Something went wrong on our side. Nothing that was saved is lost. "
    "Report this code to your administrator: %(code)s"
)


def init_app(app: Flask) -> None:
    """Answer every exception of ``app`` with a page (or JSON for a script)."""
    app.register_error_handler(LmsError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _fault)


def answer(status: int, message: Message) -> Response:
    """Return the error page, or its sentence as JSON where a script asked."""
    sentence = say(message)
    if request.accept_mimetypes.best == "application/json":
        response = jsonify(error=sentence)
    else:
        response = make_response(render_template("web/error.html", status=status, text=sentence))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _refusal(error: LmsError) -> Response:
    return answer(error.status, error.message)


def _http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return make_response(error.get_response())
    status = error.code or 500
    response = answer(status, Message(SENTENCES.get(status, OTHERWISE)))
    if status == 405 and (allowed := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _database(error: OperationalError) -> Response:
    detail = str(error.orig).lower()
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code in UNWRITABLE or any(sign in detail for sign in CANNOT_WRITE):
        log.error("database cannot write: %s", type(error.orig).__name__)
        return answer(507 if "full" in detail else 503, Message(NO_SPACE))
    return _fault(error)


def _fault(error: Exception) -> Response:
    code = one_time_code(4)
    viewer = g.get("viewer")
    where = (code, request.endpoint, viewer and viewer.person_id)
    if isinstance(error, DBAPIError):
        # What the database says quotes what somebody wrote: its kind and the place are enough.
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("fault %s at %s by %s: %s\n%s", *where, type(error.orig).__name__, frames)
    else:
        log.exception("fault %s at %s by %s", *where)
    return answer(500, Message(OUR_FAULT, {"code": code}))
