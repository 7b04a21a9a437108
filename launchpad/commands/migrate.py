"""`launchpad migrate`."""

import click
from flask_migrate import upgrade

from launchpad.commands.application import application
from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.services import line_mending


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    app = application()
    with app.app_context():
        upgrade()
        for campaign_id in line_mending.behind(thoroughly=True):  # from before there were counters, or restored
            with writing():
                line_mending.mend(db.session.get(Campaign, campaign_id))
    click.echo("The database is at the newest schema.")
