"""Answers that open in a spreadsheet, and nothing in them that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response

from launchpad.web.answers import private
from launchpad.web.filters import iso

_RUNS = tuple("=+-@\t\r\n|%＝＋－＠")  # what begins a formula, in one spreadsheet or another


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence]) -> Response:
    """A CSV file to keep: UTF-8 with the mark that spreadsheets look for, moments in UTC, empty for None."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return private(response)


def streamed(name: str, head: Sequence[str], parts: Iterable[Iterable[Sequence]]) -> Response:
    """The same for a list of any length: it is written part by part. A part must hold no connection while it waits."""

    def written() -> Iterable[str]:
        yield "\ufeff" + _lines([head])
        for rows in parts:
            yield _lines([cell(value) for value in row] for row in rows)

    response = Response(written(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return private(response)


def _lines(rows: Iterable[Sequence]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def cell(value) -> str | int | float:
    """A value as a cell. Words that would begin a formula get an apostrophe before them; our numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return iso(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_RUNS) or text.startswith(_RUNS) else text
