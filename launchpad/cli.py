"""The commands."""

import sys

import click

from launchpad.commands import parts
from launchpad.config import SettingsFault


@click.group()
def main() -> None:
    """Launch a product with its community."""


for command in (parts.up, parts.web, parts.worker, parts.timekeeper):
    main.add_command(command)


def application():
    """The app of this environment, for a command that needs rows. A settings fault is one clear line and exit 2."""
    from launchpad.app import create_app  # not at the top: `launchpad web` must not import the app before gunicorn

    try:
        return create_app()
    except SettingsFault as fault:
        click.echo(f"launchpad: {fault}", err=True)
        sys.exit(2)
