"""A plain WSGI application for any server. ``lms serve`` runs the same one behind our gate."""

from lms.app import create_app

application = create_app()
