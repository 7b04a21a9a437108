"""The section [referrals] of a campaign's form: rewards as rows, the terms, the leaderboard."""

from collections.abc import Iterable, Mapping

from launchpad.web.team.field_values import number

REWARDS, TERMS, LEADERBOARD = "referrals.rewards", "referrals.terms", "referrals.leaderboard"
_REWARD = ("at", "gives", "points", "tier")
_NUMBERS = ("at", "points")


def fields_of(referrals: Mapping) -> dict[str, str]:
    """The fields, as the form shows them."""
    fields = {TERMS: referrals.get("terms", ""), LEADERBOARD: "yes" if referrals.get("leaderboard") else ""}
    for n, reward in enumerate(referrals.get("rewards", ())):
        fields |= {f"{REWARDS}[{n}].{key}": str(reward.get(key, "")) for key in _REWARD}
    return fields


def table_of(fields: Mapping[str, str], rows: Iterable[int]) -> tuple[dict, dict[str, str]]:
    """The section as a file holds it, and which key of it is which field. Raises Fault, at the name of the field."""
    rewards, names = [], {}
    for n in rows:
        name = f"{REWARDS}[{n}]"
        row = {key: fields.get(f"{name}.{key}", "").strip() for key in _REWARD}
        if not any(row.values()):
            continue
        names[f"{REWARDS}[{len(rewards)}]"] = name
        found = {key: number(f"{name}.{key}", text) if key in _NUMBERS else text for key, text in row.items()}
        rewards.append({key: value for key, value in found.items() if value != ""})
    table: dict = {"rewards": rewards} if rewards else {}
    if terms := " ".join(fields.get(TERMS, "").split()):
        table["terms"] = terms
    if fields.get(LEADERBOARD):
        table["leaderboard"] = True
    return table, names
