"""The Chromium that is driven: where it is, and how it is started."""

from pathlib import Path

PATHS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def path_of_chromium() -> str | None:
    """The path of the one that is installed; None without any."""
    return next((path for path in PATHS if Path(path).exists()), None)
