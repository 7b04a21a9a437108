"""The section [referrals] of a campaign file: what friends earn, the terms, and whether there is a leaderboard."""

from collections.abc import Collection

from launchpad.rules.file_reading import Fault, Table
from launchpad.rules.referrals import MOST_REWARDS

KEYS = ("rewards", "terms", "leaderboard")
_REWARD = ("at", "gives", "points", "tier")


def read_referrals(top: Table, tiers: Collection[str]) -> dict:
    """rewards (the nearest first), terms, leaderboard; empty when nothing is said."""
    if not top.has("referrals"):
        return {}
    table, found = top.table("referrals", KEYS), {}
    rows = [_reward(row, tiers) for row in table.tables("rewards", _REWARD, MOST_REWARDS)]
    for number, row in enumerate(rows):
        if row["at"] in [other["at"] for other in rows[:number]]:
            raise Fault(f"referrals.rewards[{number}].at", "is there twice")
    if rows:
        found["rewards"] = sorted(rows, key=lambda row: row["at"])
    if terms := table.text("terms", 2000, default=""):
        found["terms"] = terms
    if table.flag("leaderboard", default=False):
        found["leaderboard"] = True
    return found


def _reward(row: Table, tiers: Collection[str]) -> dict:
    found = {"at": row.whole("at", 1, 100_000), "gives": row.text("gives", 200)}
    if row.has("points"):
        found["points"] = row.whole("points", 1, 100_000)
    if row.has("tier"):
        found["tier"] = row.text("tier", 60)
        if found["tier"] not in tiers:
            raise Fault(row.at("tier"), "is no tier of this campaign: name it under [tiers]")
    return found
