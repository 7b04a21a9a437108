"""`python -m launchpad` is `launchpad`."""

from launchpad.cli import main

main(prog_name="launchpad")
