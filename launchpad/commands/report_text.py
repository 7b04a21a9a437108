"""The report of a rehearsal, for people at a terminal."""


def lines(report: dict) -> list[str]:
    """Lines to print."""
    said = [f"Rehearsal of {report['slug']} at {report['speed']:,} times real time", ""]
    for row in report["milestones"]:
        late = "not reached" if row["late_s"] is None else f"{row['late_s']:.2f} s late"
        said.append(f"  {row['name']:<24} {row['due'][:16].replace('T', ' ')} UTC   {late}")
    said += ["", *(f"  {words:<24} {report[key]:>8,}" for key, words in _COUNTS)]
    for title, key in (("Letters sent", "letters"), ("Refused", "refusals")):
        said += ["", f"{title}:"] + [f"  {name:<24} {number:>8,}" for name, number in report[key].items()]
    for mishap in report.get("mishaps", {}).values():
        said += ["", f"{mishap['label']}: {mishap['done']}", f"  {mishap['held']}"]
    return said


_COUNTS = (
    ("places", "places"), ("confirmed", "of them confirmed"), ("orders", "orders"), ("units", "units"),
    ("oversold", "units oversold"), ("entries", "entries in the thread"), ("stories", "stories"), ("errors", "errors"),
)  # fmt: skip
