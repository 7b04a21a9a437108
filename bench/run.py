"""`make bench`: the figures, each beside a floor or a smaller case of the same run. ARGS="joins --db sqlite" picks some."""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import buyers, joins, page, place, servers, thread, viewers  # noqa: E402 (the project's folder has to be on the path first)

FIGURES = (joins, buyers, place, page, thread, viewers)
MEASURES = {figure.__name__.rpartition(".")[2]: figure.measure for figure in FIGURES}
MEASURES |= {"viewers-churn": viewers.churn, "viewers-restart": viewers.restart}


def main() -> int:
    """Measure what was asked for and print one JSON object a figure."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASURES)}; all unless given")
    ask.add_argument("--db", choices=servers.DATABASES, help="one database instead of both")
    ask.add_argument("--viewers", type=int, help="so many follow the thread while `page` is measured")
    ask.add_argument("--size", type=int, help="so many places has the long line of `place`, a million unless given")
    asked = ask.parse_args()
    for unknown in set(asked.names) - set(MEASURES):
        ask.error(f"no figure {unknown!r}; there are {', '.join(MEASURES)}")
    for name in asked.names or MEASURES:
        for database in [asked.db] if asked.db else servers.DATABASES:
            more = {"viewers": asked.viewers} if asked.viewers and name == "page" else {}
            more |= {"big": asked.size} if asked.size and name == "place" else {}
            print(json.dumps({"figure": name, **MEASURES[name](database, **more)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
