"""The timetable drawn: a line across a desk, a line down a phone, from the same moments. Positions, not words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from launchpad.rules import spine as geometry
from launchpad.rules.spine import Scale
from launchpad.web.team.moments import Moment

Spans = list[tuple[str, datetime, datetime | None]]

# The line across, in percent of its width.
BEFORE, BEHIND, OWN = 3.0, 15.0, 52.0  # room before the first moment, behind the last (for its label), of the gaps
LETTER = 0.74  # the width of one, where the line is at its narrowest
LONGEST = 28  # letters of a label
# The line down, in pixels.
LINE, SLIM, SPARE = 50.0, 34.0, 140.0


@dataclass(frozen=True)
class Mark:
    """A moment in the picture: where it begins and how long it is; `lane` of its label."""

    moment: Moment
    at: float
    length: float = 0.0
    lane: int = 0


@dataclass(frozen=True)
class Span:
    """A stretch of the picture: a phase, a head start."""

    label: str
    at: float
    length: float
    wide: bool = True  # there is room for its label


@dataclass(frozen=True)
class Drawing:
    """One drawing: `line` is its scale, `now` where now is, None when that is not on it."""

    line: Scale
    marks: list[Mark]
    events: list[Mark]
    letters: list[Mark]
    holds: list[Span]
    phases: list[Span]
    heads: list[Span]
    ticks: list[tuple[float, datetime, bool]]
    now: float | None
    height: float

    @property
    def knots(self) -> str:
        """The scale for the script that drags: [[milliseconds, position], …]."""
        return "[" + ",".join(f"[{at.timestamp() * 1000:.0f},{position:.3f}]" for at, position in self.line.knots) + "]"


def across(moments: list[Moment], phases: Spans, heads: Spans, now: datetime, window, zone: ZoneInfo) -> Drawing:
    """The line from left to right, in percent."""
    shown = _within(moments, window)
    line = _line_across(shown, window, now)
    on = [m for m in shown if line.holds(m.at)]
    return Drawing(
        line=line,
        marks=_across(line, [m for m in on if m.kind in ("milestone", "head_start", "poll")]),
        events=_across(line, [m for m in on if m.kind == "event"], beside=True),
        letters=_across(line, [m for m in on if m.kind == "letters"], beside=True),
        holds=_spans(line, [(m.label, m.at, m.until or now) for m in moments if m.kind == "hold"]),
        phases=_spans(line, phases),
        heads=_spans(line, heads),
        ticks=[(line.at(at), at, day) for at, day in geometry.ticks(line, zone, 6.5) if line.at(at) >= 4],
        now=line.at(now) if line.holds(now) else None,
        height=0.0,
    )


def down(moments: list[Moment], phases: Spans, heads: Spans, now: datetime, window, zone: ZoneInfo) -> Drawing:
    """The line from top to bottom, in pixels: each moment has a line of text of its own."""
    stops = [m for m in _within(moments, window) if m.kind != "hold"]
    first = stops[0].at if stops else now
    lines = [(m.at, SLIM if m.kind == "letters" else LINE, m) for m in stops]
    if stops and _near(first, stops[-1].at, now, window):
        place = next((n for n, (at, _, _) in enumerate(lines) if at > now), len(lines))
        lines.insert(place, (now, SLIM, None))
    moments_, rooms = [at for at, _, _ in lines], [room for _, room, _ in lines]
    margin = timedelta(minutes=1)
    line = geometry.scale(
        [(moments_[0] if moments_ else now) - margin, *moments_, (moments_[-1] if moments_ else now) + margin],
        [14.0, *rooms],
        SPARE,
    )
    places = {m.id: line.knots[n + 1][1] for n, (_, _, m) in enumerate(lines) if m is not None}
    here = next((line.knots[n + 1][1] for n, (_, _, m) in enumerate(lines) if m is None), None)
    marks = [Mark(m, places[m.id], max(0.0, line.at(m.until) - places[m.id]) if m.until else 0.0) for m in stops]
    holds = [(m.label, m.at, m.until or now) for m in moments if m.kind == "hold"]
    return Drawing(
        line, marks, [], [], _spans(line, holds), _spans(line, phases), _spans(line, heads), [], here, line.knots[-1][1]
    )


def _near(first: datetime, last: datetime, now: datetime, window) -> bool:
    """Now is drawn where it lies between the moments, and before the first when that is not far off."""
    if window is not None:
        return window[0] <= now <= window[1]
    return first - timedelta(days=60) <= now <= last


def _within(moments: list[Moment], window) -> list[Moment]:
    return moments if window is None else [m for m in moments if window[0] <= m.at <= window[1]]


def _line_across(shown: list[Moment], window, now: datetime) -> Scale:
    inner = [m.at for m in shown if m.kind != "hold"]
    first, last = window or (min(inner, default=now), max(inner, default=now))
    if window is None and _near(first, last, now, window):
        first = min(first, now)
    whole = max(last - first, timedelta(hours=1))
    inner = geometry.apart([first, *(m for m in inner if first < m < last)], whole / 400)[1:]
    begin, end = first - max(whole / 50, timedelta(minutes=30)), last + max(whole / 50, timedelta(minutes=30))
    knots = [begin, first, *inner, last, end] if last > first else [begin, first, end]
    gaps = len(knots) - 3
    rooms = [BEFORE, *[OWN / gaps] * gaps, BEHIND] if gaps else [BEFORE, BEHIND]
    return geometry.scale(knots, rooms, 100 - BEFORE - BEHIND - (OWN if gaps else 0))


def _across(line: Scale, moments: list[Moment], beside: bool = False) -> list[Mark]:
    """The marks of one track, their labels in lanes. `beside`: a label stands after its bar, not below its mark."""
    found = [Mark(_short(m), line.at(m.at), (line.at(m.until) - line.at(m.at)) if m.until else 0.0) for m in moments]
    wide = [2.2 + LETTER * max(len(m.moment.label) if not beside else len(m.moment.label) + 8, 14) for m in found]
    lanes = geometry.lanes([(m.at, m.length + w) for m, w in zip(found, wide, strict=True)])
    return [replace(mark, lane=lane) for mark, lane in zip(found, lanes, strict=True)]


def _short(moment: Moment) -> Moment:
    """With a label for the picture; the whole one is in its title and in the table."""
    label = moment.label.replace(" opens", "").removesuffix(" for everyone")
    return replace(moment, label=label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…")


def _spans(line: Scale, spans: Spans) -> list[Span]:
    found = []
    for label, begins, ends in spans:
        left, right = line.at(begins), line.at(ends) if ends else line.knots[-1][1]
        if begins <= line.end and (ends is None or ends >= line.start) and right > left:
            found.append(Span(label, left, right - left, right - left > len(label) * LETTER + 1))
    return found
