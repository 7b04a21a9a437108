"""`launchpad migrate`."""

import click
from flask_migrate import upgrade

from launchpad.commands.application import application


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    app = application()
    with app.app_context():
        upgrade()
    click.echo("The database is at the newest schema.")
