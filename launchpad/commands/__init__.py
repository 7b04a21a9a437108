"""The families of commands; `launchpad.cli` puts them together."""
