"""`launchpad demo`: the demo campaign on this site, and how to look at it. `up --demo` calls it around its start."""

import os
from pathlib import Path

import click
from flask import current_app

from launchpad import demo as kept
from launchpad.commands.application import application
from launchpad.commands.campaign import load_file
from launchpad.commands.migrate import migrate
from launchpad.database import writing
from launchpad.services import campaigns, rehearsals, sign_in, team
from launchpad.showing import SLUG

OWNER = "owner@example.com"


@click.command()
@click.option("--prepare", is_flag=True, help="Before the site starts: migrate, load, set the clock to where it was.")
@click.pass_context
def demo(context: click.Context, prepare: bool) -> None:
    """Load the demo campaign, unless it is there, and print how to look at it as its owner."""
    if prepare:
        context.invoke(migrate)
    with application().app_context():
        if campaigns.by_slug(SLUG) is None:
            load_file(Path(kept.__file__).parent / f"{SLUG}.toml")
        if prepare:
            _stand()
            return
        with writing():
            owner = team.add(OWNER, "owner")
            signed_in = sign_in.link_for(owner, next=f"/team/{SLUG}/")
        base = current_app.extensions["settings"].base_url
        data_dir = current_app.extensions["settings"].data_dir
    click.echo("")
    click.echo(f"  The campaign            {base}/{SLUG}/")
    click.echo(f"  Sign in as its owner    {base}{signed_in}")
    click.echo(f"  Its letters             {base}/team/outbox   or   {_outbox(data_dir)}")
    click.echo("")


def _stand() -> None:
    """A demo in flight waits where the site was ended, until it is played: a night would have taken it to its end."""
    campaign = campaigns.by_slug(SLUG)
    if campaign is not None and campaign.rehearsal is not None and campaign.rehearsal.crowd_beat_at is not None:
        last = campaign.rehearsal.crowd_beat_at
        with writing():
            rehearsals.stand_at(campaigns.by_slug(SLUG), last)


def _outbox(data_dir: Path) -> str:
    """The command line that reads the outbox of this data folder from the folder we are in."""
    folder = os.path.relpath(data_dir)
    return f".venv/bin/launchpad outbox{'' if folder == 'var' else f'   (with LAUNCHPAD_DATA_DIR={folder!r})'}"
