"""``lms work``: a module of its own, so that the worker loads nothing of what serving needs."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.admin import worker
from lms.db import reading, transaction
from lms.kernel import clock


@click.command("work")
@click.option("--idle", default=worker.IDLE, help="seconds without work after which it ends")
@with_appcontext
def work(idle: float) -> None:
    """Do the jobs that are due; end after a minute without work."""
    worker.work(reading, transaction, current_app.config["JOB_STEPS"](), clock.now, idle=idle)
