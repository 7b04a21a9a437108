"""The commands, one line each. A family is loaded when one of its commands is called.

So `launchpad web` becomes gunicorn without having loaded the application, and a supervisor never loads it.
"""

import importlib

import click

COMMANDS = {
    "up": "launchpad.commands.parts",
    "web": "launchpad.commands.parts",
    "worker": "launchpad.commands.parts",
    "timekeeper": "launchpad.commands.parts",
    "migrate": "launchpad.commands.migrate",
    "demo": "launchpad.commands.demo",
    "rehearse": "launchpad.commands.rehearse",
    "doctor": "launchpad.commands.doctor",
    "campaign": "launchpad.commands.campaign",
    "members": "launchpad.commands.members",
    "orders": "launchpad.commands.orders",
    "staff": "launchpad.commands.staff",
    "outbox": "launchpad.commands.outbox",
}


class Commands(click.Group):
    """The commands of COMMANDS: each is the object of its name in its module."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        module = COMMANDS.get(name)
        return getattr(importlib.import_module(module), name) if module else None

    def invoke(self, context: click.Context) -> object:
        """Call the command; a database without our tables is one clear line and exit 1, as forgotten as it is easily."""
        try:
            return super().invoke(context)
        except Exception as fault:
            if any(words in str(fault) for words in ("no such table", "UndefinedTable")):
                words = "The database has no tables yet: run `launchpad migrate`, or start `launchpad up`."
                raise click.ClickException(words) from fault
            raise


@click.command(cls=Commands)
def main() -> None:
    """Launch a product with its community."""
