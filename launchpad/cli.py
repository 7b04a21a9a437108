"""The commands."""

import click

from launchpad.commands import parts
from launchpad.commands.migrate import migrate


@click.group()
def main() -> None:
    """Launch a product with its community."""


for command in (parts.up, parts.web, parts.worker, parts.timekeeper, migrate):
    main.add_command(command)

