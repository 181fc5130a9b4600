"""The composition root: the only package that knows every feature.

``pages``, ``jobs`` and ``commands`` name what each feature brings; here it is put together.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask, g
from flask.cli import ScriptInfo
from flask.typing import ResponseReturnValue
from jinja2 import FileSystemLoader

from lms import installation, settings
from lms.accounts import models as accounts_models
from lms.accounts import refusals
from lms.accounts import session as account_session
from lms.admin.backup_plan import BACKUPS
from lms.admin.begun import BEGINNING, require_begun
from lms.admin.folders import write_whole
from lms.app.commands import Commands
from lms.app.jobs import JobSteps
from lms.app.pages import LONG_FIELDS, UPLOADS, blueprints
from lms.assessment import models as assessment_models
from lms.audit import models as audit_models
from lms.authoring.drafts import models as drafts_models
from lms.authoring.review import models as review_models
from lms.catalogue import models as catalogue_models
from lms.catalogue.library import models as library_models
from lms.catalogue.search import models as search_models
from lms.certificates import models as certificates_models
from lms.db import engine_options, prepare, reading
from lms.extensions import db
from lms.files import has_room
from lms.jobs import models as jobs_models
from lms.kernel import clock
from lms.learning import models as learning_models
from lms.learning.reporting import models as reporting_models
from lms.reports.frozen import models as frozen_models
from lms.requirements import models as requirements_models
from lms.settings import Settings
from lms.web import (
    cookies,
    csrf,
    errors,
    form_limits,
    headers,
    hosts,
    pages,
    permissions,
    uploads,
)

if TYPE_CHECKING:
    from lms.admin.banners import Watch
    from lms.web.gate import Gate

# Every table must be known before the first statement.
MODELS = (
    accounts_models, assessment_models, audit_models, catalogue_models, certificates_models,
    drafts_models, frozen_models, jobs_models, learning_models, library_models,
    reporting_models, requirements_models, review_models, search_models,
)  # fmt: skip

# How many seconds a process may go on with decisions that an administrator has changed.
INSTALLATION_FRESH = 5.0
SECRET_BYTES = 32


def create_app(given: Settings | None = None, *, shows_pages: bool = True) -> Flask:
    """Return the application for ``given`` settings, or for those of the environment.

    shows_pages  False for the worker, which is 12 MiB smaller without them.
    raises UnmarkedRouteError when a route declares no permission, SettingsError when the
    environment is wrong.
    """
    chosen = given or settings.read()
    app = Flask("lms", static_folder=None, template_folder=None)
    app.request_class = form_limits.BoundedRequest
    app.config.update(
        LMS=chosen,
        DEMO=chosen.demo,
        DEBUG=False,  # whatever the environment says: a fault shows a code and no more
        GATE=create_gate,
        JOB_STEPS=JobSteps,
        SECRET_KEY=secret_key(chosen),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        # Counted a piece of the body at a time, so it must be larger than one; BoundedRequest
        # looks at each field when all are read.
        MAX_FORM_MEMORY_SIZE=8 * form_limits.LONGEST_FIELD,
        MAX_FORM_PARTS=form_limits.MOST_FIELDS,
        SQLALCHEMY_DATABASE_URI=chosen.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(chosen.database_url, chosen.threads + 4),
    )
    app.jinja_loader = FileSystemLoader(_template_folders())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    app.session_interface = cookies.Flashes()
    errors.init_app(app)
    pages.init_app(app)
    hosts.init_app(app, names=chosen.hosts, proxies=chosen.trusted_proxies)
    uploads.init_app(app, UPLOADS)
    form_limits.init_app(app, LONG_FIELDS)
    app.before_request(_know_the_installation())
    account_session.init_app(app)
    refusals.init_app(app)
    app.before_request(csrf.check)
    app.before_request(permissions.check_permission)
    headers.init_app(app, hsts_days=chosen.hsts_days)
    app.after_request(csrf.remember_pre_session)
    if shows_pages:
        from lms.admin.banners import install_banners

        install_banners(app)
        for blueprint in blueprints(demo=chosen.demo):
            app.register_blueprint(blueprint)
    permissions.require_marks(app)
    return app


@cache
def _template_folders() -> tuple[Path, ...]:
    return tuple(sorted(Path(__file__).resolve().parent.parent.glob("**/templates")))


def secret_key(chosen: Settings) -> bytes:
    """Return the key of flash cookies and second proofs: a file of the data folder.

    It is made when it is missing. raises SettingsError for one that was cut off: cookies and
    proofs of an empty key could be made by anybody.
    """
    path = chosen.data / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(path, secrets.token_bytes(SECRET_BYTES), mode=0o600)
    found = path.read_bytes()
    if len(found) < SECRET_BYTES:
        raise settings.SettingsError(
            f"{path} is damaged. The last backup in {chosen.data / BACKUPS} has it: tar -C "
            f"{chosen.data} -xf FILE secret.key, for the same account as the files beside it. On a "
            "new server delete it, and another one is made; on any other server administrators "
            "and trainers would then have to set up their second proof anew."
        )
    return found


def _know_the_installation() -> Callable[[], ResponseReturnValue | None]:
    known: list[Any] = [None, 0.0]

    def know() -> None:
        now = clock.monotonic()
        if known[0] is None or not known[0].ready or now - known[1] > INSTALLATION_FRESH:
            known[:] = [installation.read(reading()), now]
        g.site = known[0]

    return know


def create_gate(app: Flask) -> Gate:
    """Return the application behind the gate, as ``lms serve`` runs it."""
    from lms.accounts.busy import busy_page
    from lms.accounts.session import has_live_session
    from lms.admin import worker
    from lms.admin.banners import WATCH
    from lms.admin.start import environment_of
    from lms.web.gate import Gate
    from lms.web.gate_settings import GateSettings
    from lms.web.refusals import RefusalPages

    chosen: Settings = app.config["LMS"]
    limits = GateSettings(
        threads=chosen.threads,
        trusted_proxies=chosen.trusted_proxies,
        body_folder=chosen.data,
        upload_limits=UPLOADS,
        has_room=partial(has_room, chosen.data),
    )

    def live(cookies: str) -> bool:
        with app.app_context():
            return has_live_session(cookies)

    def due() -> bool:
        with app.app_context():
            return worker.is_due(reading(), clock.now())

    def close_database() -> None:
        """Let SQLite put its log away: one that is left over tells of a run that was killed."""
        with app.app_context():
            db.engine.dispose()

    keeper = worker.WorkerKeeper(due, environment_of(chosen, os.environ))
    watch: Watch = app.extensions[WATCH]
    refusals = RefusalPages(app)
    with app.app_context():
        decided = installation.read(reading())
    return Gate(
        app,
        static=pages.static_files(app),
        settings=limits,
        file_root=chosen.data / "files",
        live_session=live,
        busy_page=busy_page(app, retry_after=limits.retry_after, site=lambda: decided),
        refusal_page=refusals,
        on_start=[watch.start, refusals.make_ready, *([keeper.start] if chosen.worker else [])],
        on_stop=[watch.stop, *([keeper.stop] if chosen.worker else []), close_database],
    )


def _require_settled(command: str | None) -> None:
    """Refuse what would use data that an interrupted restore or upgrade has left half done."""
    data = Path(os.environ.get("LMS_DATA") or "instance")
    if (data / "restore.json").exists():
        from lms.admin import unfinished

        try:
            unfinished.require_finished(data, command)
        except unfinished.UnfinishedError as refused:
            raise click.ClickException(str(refused)) from refused
    if not (data / "upgrade.json").exists():
        return
    from lms.admin.upgrade import settle
    from lms.admin.upgrade.version import UpgradeError

    try:
        settle.require_settled(data, command)
    except UpgradeError as refused:
        raise click.ClickException(str(refused)) from refused


@click.group(cls=Commands)
@click.pass_context
def cli(context: click.Context) -> None:
    """Keep the learning system: serve it, look after its people, courses and certificates."""
    _require_settled(context.invoked_subcommand)
    if context.obj is None:
        context.obj = ScriptInfo(
            create_app=partial(_app_for, context.invoked_subcommand), set_debug_flag=False
        )


def _app_for(command: str | None) -> Flask:
    """Return the application with which a command works; most do with a server that is there."""
    chosen = settings.read()
    if command not in BEGINNING:
        require_begun(chosen)
    return create_app(chosen, shows_pages=command != "work")
