"""`launchpad staff …`: who works in the control room."""

import sys

import click
from flask import current_app

from launchpad.commands.application import application
from launchpad.database import writing
from launchpad.rules.refusals import Refusal
from launchpad.services import sign_in, team


@click.group()
def staff() -> None:
    """Who works in the control room."""


@staff.command()
@click.argument("email")
@click.option("--role", type=click.Choice(team.ROLES), default="owner", show_default=True)
def add(email: str, role: str) -> None:
    """Give EMAIL a key to the control room; prints a one-time address that signs them in, good for 24 hours."""
    with application().app_context():
        try:
            with writing():
                path = sign_in.link_for(team.add(email, role), next="/team/")
        except Refusal as refusal:
            click.echo(f"launchpad: {refusal.message}", err=True)
            sys.exit(2)
        click.echo(current_app.extensions["settings"].base_url + path)
