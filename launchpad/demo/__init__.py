"""The demo: a campaign file with its picture, which `make run` loads and rehearses."""
