"""The composition root: the only module that knows every feature."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask, g
from flask.cli import ScriptInfo
from flask.typing import ResponseReturnValue
from jinja2 import FileSystemLoader
from sqlalchemy.exc import SQLAlchemyError

from lms import installation, settings
from lms.accounts import models as accounts_models
from lms.accounts import refusals
from lms.accounts import session as account_session
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
    from lms.jobs.actions import SlowStep, Step, Steps
    from lms.web.gate import Gate

# Every table must be known before the first statement.
MODELS = (
    accounts_models, assessment_models, audit_models, catalogue_models, certificates_models,
    drafts_models, frozen_models, jobs_models, learning_models, library_models,
    reporting_models, requirements_models, review_models, search_models,
)  # fmt: skip

# Addresses below which a request may be larger than any form, in bytes; ``*`` is any one segment.
# The page says how large a file may be; what is larger still is refused before it is read.
UPLOADS: Mapping[str, int] = {
    "/*/administer/library/*/files": 21 * 1024 * 1024,
    "/*/administer/staff-lists/new": 21 * 1024 * 1024,
    "/*/write/*/folder": 201 * 1024 * 1024,
    "/*/write/*/pictures": 21 * 1024 * 1024,
    "/*/write/*/question-files": 21 * 1024 * 1024,
    "/*/write/*/translate/*/sheet": 21 * 1024 * 1024,
    "/*/write/from-file": 201 * 1024 * 1024,
}
# Addresses below which one field of a form may be longer than any other, in characters: a text of a
# course has up to 256 kB, and browsers send each line end as two.
LONG_FIELDS: Mapping[str, tuple[str, int]] = {"/*/write/*/text": ("text", 320 * 1024)}

# How many seconds a process may go on with decisions that an administrator has changed.
INSTALLATION_FRESH = 5.0


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
    return tuple(sorted(Path(__file__).resolve().parent.glob("**/templates")))


def blueprints(*, demo: bool) -> list[Any]:
    """Return every feature's pages; the tour's in the demonstration alone.

    Imported inside the functions so that a command without pages stays small.
    """
    shown = [*_of_learners(), *_of_writers(), *_of_administrators()]
    if demo:
        from lms.admin.tour import bp as tour

        shown.append(tour)
    return shown


def _of_learners() -> list[Any]:
    """Return the pages of everybody: signing in, learning, tests, certificates."""
    from lms.accounts.factor.views import bp as factor
    from lms.accounts.views import bp as accounts
    from lms.assessment.views import bp as assessment
    from lms.certificates.transcripts.views import bp as transcripts
    from lms.certificates.views import bp as certificates
    from lms.desk.library.views import bp as library
    from lms.desk.search.views import bp as search
    from lms.desk.views import bp as desk
    from lms.learning.reporting.views import bp as reporting
    from lms.learning.views import bp as learning

    return [
        accounts, assessment, certificates, desk, factor, learning, library, reporting,
        search, transcripts,
    ]  # fmt: skip


def _of_writers() -> list[Any]:
    """Return the pages of those who write courses."""
    from lms.authoring.adapting.block_views import bp as nation_blocks
    from lms.authoring.adapting.limit_views import bp as nation_limits
    from lms.authoring.adapting.state_views import bp as nation_state
    from lms.authoring.adapting.views import bp as nations
    from lms.authoring.bank.views import bp as bank
    from lms.authoring.changes.views import bp as changes
    from lms.authoring.correcting.views import bp as correcting
    from lms.authoring.course_facts.views import bp as course_facts
    from lms.authoring.course_people.views import bp as course_people
    from lms.authoring.course_structure.views import bp as course_structure
    from lms.authoring.drafts.views import bp as drafts
    from lms.authoring.folders.views import bp as folders
    from lms.authoring.nation_bank.views import bp as nation_bank
    from lms.authoring.picturing.views import bp as pictures
    from lms.authoring.question_files.views import bp as question_files
    from lms.authoring.readers.views import bp as readers
    from lms.authoring.review.views import bp as review
    from lms.authoring.translating.views import bp as translating
    from lms.authoring.translation_sheets.views import bp as translation_sheets
    from lms.authoring.writing.views import bp as writing

    return [
        bank, changes, correcting, course_facts, course_people, course_structure, drafts,
        folders, nation_bank, nation_blocks, nation_limits, nation_state, nations, pictures,
        question_files, readers, review, translating, translation_sheets, writing,
    ]  # fmt: skip


def _of_administrators() -> list[Any]:
    """Return the pages of those who look after people, places and the server, and their reports."""
    from lms.accounts.importing.views import bp as staff_lists
    from lms.admin.background.views import bp as background
    from lms.admin.backups.views import bp as backups
    from lms.admin.certificates.views import bp as office
    from lms.admin.country.views import bp as country
    from lms.admin.health.views import bp as health
    from lms.admin.layout.views import bp as layout
    from lms.admin.library.views import bp as documents
    from lms.admin.people.views import bp as people
    from lms.admin.places.views import bp as places
    from lms.admin.programmes.views import bp as programmes
    from lms.admin.requirements.views import bp as requirements
    from lms.admin.roles.views import bp as roles
    from lms.admin.slips.views import bp as slips
    from lms.admin.succession.views import bp as succession
    from lms.admin.testrules.views import bp as test_rules
    from lms.admin.trail.views import bp as trail
    from lms.admin.views import bp as admin
    from lms.admin.waivers.views import bp as waivers
    from lms.reports.evidence.views import bp as evidence
    from lms.reports.frozen.views import bp as frozen
    from lms.reports.views import bp as reports

    return [
        admin, background, backups, country, documents, evidence, frozen, health, layout,
        office, people, places, programmes, reports, requirements, roles, slips, staff_lists,
        succession, test_rules, trail, waivers,
    ]  # fmt: skip


# Which module does each kind of job. A module is loaded when the first job of its kind is due:
# what issues certificates must not carry what only publishing needs.
JOBS = {
    "attempt.close": "lms.learning.closing",
    "audit.check": "lms.admin.trail.steps",
    "audit.export": "lms.admin.trail.steps",
    "backup.drill": "lms.admin.drill",
    "backup.make": "lms.admin.backups.steps",
    "certificate.issue": "lms.certificates.work",
    "certificate.withdrawals": "lms.certificates.work",
    "courses.publish": "lms.admin.publishing",
    "integrity.check": "lms.admin.integrity",
    "drafts.check": "lms.authoring.review.work",
    "drafts.picture": "lms.authoring.picturing.work",
    "drafts.publish": "lms.authoring.review.publishing",
    "drafts.readiness": "lms.authoring.adapting.work",
    "editions.sign": "lms.authoring.work",
    "health.look": "lms.admin.health.steps",
    "housekeeping": "lms.admin.housekeeping",
    "keys.correct": "lms.authoring.correcting.work",
    "keys.count": "lms.authoring.correcting.work",
    "packages.read": "lms.authoring.work",
    "questions.read": "lms.authoring.question_files.work",
    "sheets.read": "lms.authoring.translation_sheets.work",
    "certificates.bulk": "lms.certificates.office.steps",
    "certificates.forget": "lms.certificates.office.steps",
    "certificates.preview": "lms.certificates.office.steps",
    "certificates.layout": "lms.certificates.office.steps",
    "people.apply": "lms.accounts.importing.steps",
    "people.check": "lms.accounts.importing.steps",
    "people.read": "lms.accounts.importing.steps",
    "people.undo": "lms.accounts.importing.steps",
    "reports.evidence": "lms.reports.evidence.steps",
    "reports.export": "lms.reports.steps",
    "reports.freeze": "lms.reports.frozen.steps",
    "requirements.enrol": "lms.requirements.actions",
    "search.index": "lms.catalogue.search.steps",
    "transcript.make": "lms.certificates.transcripts.steps",
}


class JobSteps(Mapping[str, "Step | SlowStep"]):
    """The worker's table: kind of job -> its step (``lms.jobs.actions`` says what that is).

    Used by the worker inside an application context; loads what the web process never does.
    """

    def __getitem__(self, kind: str) -> Step | SlowStep:
        """Return the step of a kind of job; raises KeyError for one that nobody knows."""
        steps: Steps = import_module(JOBS[kind]).STEPS
        return steps[kind]

    def __iter__(self) -> Iterator[str]:
        """Yield every kind."""
        return iter(JOBS)

    def __len__(self) -> int:
        """Return how many kinds there are."""
        return len(JOBS)


def secret_key(chosen: Settings) -> bytes:
    """Return the key that signs the flash cookie: a file of the data folder, made when missing."""
    path = chosen.data / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()


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
        threads=chosen.threads, trusted_proxies=chosen.trusted_proxies, body_folder=chosen.data,
        upload_limits=UPLOADS, has_room=partial(has_room, chosen.data),
    )  # fmt: skip

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
    )  # fmt: skip


# Each command is loaded when it is called: serving must not load what only publishing needs.
COMMANDS = {
    "serve": "lms.admin.cli:serve",
    "prepare": "lms.admin.cli:prepare",
    "work": "lms.admin.worker_cli:work",
    "demo": "lms.admin.demo.cli:demo",
    "site": "lms.admin.cli:site",
    "installation": "lms.admin.testrules.cli:installation",
    "backup": "lms.admin.backup_cli:backup",
    "restore": "lms.admin.backup_cli:restore",
    "doctor": "lms.admin.backup_cli:doctor",
    "card": "lms.admin.succession.cli:card_command",
    "audit": "lms.admin.trail.cli:cli",
    "upgrade": "lms.admin.upgrade.cli:upgrade",
    "release": "lms.admin.upgrade.cli:release",
    "content": "lms.authoring.cli:cli",
    "questions": "lms.authoring.questions.cli:cli",
    "certificate": "lms.certificates.cli:cli",
    "verify": "lms.certificates.cli:check",
    "unit": "lms.accounts.cli:unit",
    "person": "lms.accounts.cli:person",
    "grant": "lms.accounts.cli:grant",
    "people": "lms.accounts.importing.cli:people",
    "attempt": "lms.learning.cli:attempt",
    "enrol": "lms.admin.requirements.cli:enrol",
    "check-file": "lms.reports.cli:check_file",
    "report": "lms.reports.cli:cli",
    "programme": "lms.admin.programmes.cli:cli",
    "progress": "lms.learning.cli:progress",
}


class Commands(click.Group):
    """The commands of every feature, by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which help shows them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; None for a name that nobody has."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- whatever the command returns
        """Run a command; what stops every command alike is said in a sentence."""
        try:
            return super().invoke(ctx)
        except settings.SettingsError as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except SQLAlchemyError as error:
            from lms.admin import trouble

            said = trouble.sentence(error, settings.read().data)
            if said is None:
                raise
            raise click.ClickException(str(said)) from error
        except PermissionError as error:
            raise click.ClickException(
                f"This account may not use {error.filename}. Run the command as root, or as the "
                "account of the server."
            ) from error


def _require_settled(command: str | None) -> None:
    """Refuse what would use a database that an interrupted upgrade has left half done."""
    data = Path(os.environ.get("LMS_DATA") or "instance")
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
        shows_pages = context.invoked_subcommand != "work"
        context.obj = ScriptInfo(
            create_app=partial(create_app, shows_pages=shows_pages), set_debug_flag=False
        )


if __name__ == "__main__":
    cli()
