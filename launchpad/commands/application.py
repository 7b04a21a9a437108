"""The app, for commands that need rows."""

import logging
import sys

import click

from launchpad.config import SettingsFault


def application():
    """The app of this environment. A settings fault is one clear line and exit 2."""
    from launchpad.app import create_app  # not at the top: `launchpad web` must not import the app before gunicorn

    try:
        app = create_app()
        logging.getLogger().setLevel(logging.WARNING)  # a terminal wants the answer, not the course of things
        return app
    except SettingsFault as fault:
        click.echo(f"launchpad: {fault}", err=True)
        sys.exit(2)
