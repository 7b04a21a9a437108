"""`launchpad demo`: the demo campaign on this site, and what `up --demo` does with it."""

import os
from pathlib import Path

import click
from flask import current_app

from launchpad import demo as kept
from launchpad.commands.application import application
from launchpad.commands.campaign import load_file
from launchpad.database import writing
from launchpad.services import campaigns, sign_in, team

SLUG = "aurora-lamp"
OWNER = "owner@example.com"


@click.command()
def demo() -> None:
    """Load the demo campaign, unless it is there, and print how to look at it as its owner."""
    with application().app_context():
        if campaigns.by_slug(SLUG) is None:
            load_file(Path(kept.__file__).parent / f"{SLUG}.toml")
        with writing():
            owner = team.add(OWNER, "owner")
            signed_in = sign_in.link_for(owner, next=f"/team/{SLUG}/")
        base = current_app.extensions["settings"].base_url
        data_dir = current_app.extensions["settings"].data_dir
    click.echo(f"The campaign            {base}/{SLUG}/")
    click.echo(f"Sign in as its owner    {base}{signed_in}")
    click.echo(f"Its letters             {base}/team/outbox   or   {_outbox(data_dir)}")


def _outbox(data_dir: Path) -> str:
    """The command line that reads the outbox of this data folder from the folder we are in."""
    folder = os.path.relpath(data_dir)
    return f".venv/bin/launchpad outbox{'' if folder == 'var' else f'   (with LAUNCHPAD_DATA_DIR={folder!r})'}"
