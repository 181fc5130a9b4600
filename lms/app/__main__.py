"""``python -m lms.app``: the commands, also where ``lms`` is not on the path."""

from lms.app import cli

cli()
