"""The campaign that is measured: a file made for the phase that a figure needs, and its page's form token."""

import re
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import servers

SLUG = "bench-lamp"


def load(environment: dict[str, str], phase: str, stock: int = 100, **more: str) -> str:
    """Load a campaign that is in `preview`, `waitlist` or `launch` now; its slug. `more` are lines by table."""
    opened = {"preview": 0, "waitlist": 1, "launch": 3}[phase]
    now = datetime.now(UTC).replace(microsecond=0)
    steps = ("preview", "waitlist", "head_start", "launch", "recap", "archive")
    days = {name: 4 * (at - opened) for at, name in enumerate(steps)}
    when = {name: (now - timedelta(hours=1) + timedelta(days=days[name])).isoformat() for name in steps}
    text = f"""
[campaign]
slug = "{SLUG}"
name = "Bench Lamp"
timezone = "Europe/Lisbon"
currency = "EUR"
brand = "Bench"
story = "A lamp that is measured."

[target]
identity = "People who measure"
value = "Figures"
behaviour = {{ do = "measure", goal = 10 }}
outcome = {{ measure = "waitlist_to_buyer", goal = 0.25 }}

[schedule]
preview = {when["preview"]}
waitlist = {when["waitlist"]}
launch = {when["launch"]}
recap = {when["recap"]}
archive = {when["archive"]}
[schedule.head_start]
member = 24

[[variants]]
sku = "LAMP"
name = "Lamp"
price = 12900
stock = {stock}
head_start_stock = {stock // 2}

[limits]
per_person = 2
hold_minutes = 10
{more.get("tables", "")}
"""
    path = Path(environment["LAUNCHPAD_DATA_DIR"]) / f"{SLUG}.toml"
    path.write_text(text)
    return servers.run(environment, "campaign", "load", str(path)).strip().split()[-1]


def token_of(address: str) -> str:
    """The form token of a page, as a stranger gets it."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        return re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())[1]
