"""Every part of a page with sample values, as a site of its own: no rows, but real templates, styles and policy."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Row
from zoneinfo import ZoneInfo

import segno
from flask import Flask, Response, jsonify, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup
from PIL import Image

from launchpad.rules import colour
from launchpad.web import filters, security

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 12, 10, 14, 22, 7, tzinfo=UTC)
DOORS = NOW + timedelta(days=2, hours=3, minutes=37, seconds=53)
LONG_NAME = "Bartholomew Featherstonehaugh-Cholmondeley of Nether Wallop"


def entry(number: int, kind: str, text: str, who: str = "", marks: dict | None = None, **more) -> Row:
    """A row of the thread, as models.Entry has it."""
    row = {
        "id": number,
        "kind": kind,
        "text": text,
        "person": Row(name=who) if who else None,
        "person_id": number if who else None,
        "marks": marks or {},
        "at": NOW - timedelta(minutes=number * 3),
        "state": "shown",
        "pinned_at": None,
        "edited_at": None,
        "version": 1,
        "hidden_why": "",
    }
    return Row(**(row | more))


def thread() -> list[Row]:
    buyer = {"tier": "founder", "buyer": True}
    return [
        entry(1, "update", "Doors are open. Oak ships first, on **14 January**.", marks={"team": True}, pinned_at=NOW),
        entry(2, "question", "Does the base fit a 4 cm desk edge?", "Miguel Tavares", {"tier": "member"}),
        entry(3, "update", "It does: the clamp opens to 5.5 cm.", "Inês from Aurora", {"team": True}),
        entry(4, "purchase", "Joana bought two Oak"),
        entry(5, "testimonial", "I work until six in December and forget that it is dark.", "Rita Moura", buyer),
        entry(6, "milestone", "100 lamps found a desk"),
        entry(7, "post", "Mine is on the way.", LONG_NAME, buyer, edited_at=NOW),
        entry(8, "post", "gone", "Someone", state="hidden"),
        entry(9, "event", "Unboxing with the founder at 19:00"),
        *(entry(number, "post", f"Entry number {number}", "Rita Moura") for number in range(10, 30)),
    ]


def sample(rehearsed: bool, hue: int, name: str) -> dict:
    """What every page of the gallery is given."""
    campaign = Row(
        slug="aurora-lamp", name=name, tagline="A lamp that follows the sun", brand="Aurora", hue=hue, links={},
        timezone="Europe/Lisbon", zone=ZONE, currency="EUR", tiers={"founder": "Founding Member"},
        rehearsal=Row(speed=2000, ended_at=None) if rehearsed else None, held_at=NOW if rehearsed else None, hold_message="",
        sales_stopped_at=NOW if rehearsed else None, sales_message="", version=1, pace=2000 if rehearsed else 1,
    )  # fmt: skip
    picture = io.BytesIO()
    segno.make("https://launch.example.com/aurora-lamp/?ref=k3j9").save(
        picture, kind="svg", xmldecl=False, svgns=False, border=0, omitsize=True
    )
    names = ("Preview", "Waitlist", "Launch", "Recap")
    days, states = (-9, -5, 2, 4), ("past", "current", "next", "next")
    steps = [
        Row(
            id=at,
            name=name.lower(),
            label=name,
            state=state,
            at=NOW + timedelta(days=day),
            note="",
            link=None,
            late=None,
        )
        for at, (name, state, day) in enumerate(zip(names, states, days, strict=True))
    ]
    return {
        "campaign": campaign,
        "phase": "waitlist",
        "now": NOW,
        "zone": ZONE,
        "target": DOORS,
        "me": Row(is_authenticated=True, name="Rita Moura"),
        "steps": steps,
        "long_name": LONG_NAME,
        "qr": Markup(picture.getvalue().decode()),
        "entries": thread(),
        "variants": [
            Row(sku="AUR-OAK", name="Oak", price=12900, left=84),
            Row(sku="AUR-WAL", name="Walnut with a brass switch", price=123456789, left=12),
            Row(sku="AUR-ASH", name="Ash", price=12900, left=0),
        ],
        "opts": [Row(id=1, text="Sand", note="Close to the shade"), Row(id=2, text="Forest"), Row(id=3, text="Ink")],
        "ideas": [
            Row(id=1, title="A clamp", text="", state="planned", answer="It ships.", person=Row(name="Miguel")),
            Row(id=2, title="Warm light", text="Lower.", state="open", answer="", person=Row(name="")),
        ],
        "stories": [
            Row(id=1, text="One grey window before.", person=Row(name="Rita"), buyer=True, photos=[]),
            Row(
                id=2,
                text="",
                person=Row(name="Miguel"),
                buyer=False,
                photos=[Row(key="cat", alt="A cat", width=1200, height=900, colour="#887766")],
            ),
        ],
        "curve": [("18:00", 4), ("18:15", 61), ("18:30", 48), ("18:45", 30), ("19:00", 22)],
        "photo": lambda photo, width: "/photo.png",
        "shown_events": lambda: [Row(event=Row(id=1, title="Unboxing with the founder"), live=rehearsed)],
    }


def create_app() -> Flask:
    """The gallery. `/poster`, `/parts`, `/thread` … take ?hue=, ?name= and ?rehearsed=1."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    here = FileSystemLoader(str(Path(__file__).parent / "gallery"))
    app.jinja_loader = ChoiceLoader([here, FileSystemLoader(str(ROOT / "templates"))])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["static_version"] = "1"
    app.extensions["state"] = {"phase": "waitlist", "selling": False, "head_start": {}}
    filters.install(app)
    app.jinja_env.globals["csrf"] = lambda: Markup('<input type="hidden" name="csrf_token" value="sample">')
    app.jinja_env.globals["may"] = lambda action: False  # a stranger, who is offered none of the team's buttons

    app.jinja_env.globals["page_card"] = lambda: None  # it is shown to nobody else

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = security.POLICY.format(frames="'none'", pay="")
        return response

    @app.get("/<any(poster, hero, parts, thread, recap, room):page>")
    def show(page: str) -> str:
        hue, name = request.args.get("hue", 74, int), request.args.get("name", "Aurora Lamp")
        return render_template(f"{page}.html", **sample("rehearsed" in request.args, hue, name))

    @app.get("/aurora-lamp/theme.css")
    def theme() -> Response:
        return Response(colour.css(request.args.get("hue", 74, int)), mimetype="text/css")

    @app.get("/aurora-lamp/state.json")
    def state() -> Response:
        return jsonify(app.extensions["state"])

    @app.get("/photo.png")
    def photo() -> Response:
        picture = io.BytesIO()
        Image.new("RGB", (120, 90), "#557799").save(picture, "PNG")
        return Response(picture.getvalue(), mimetype="image/png")

    return app
