"""The team's keys: given, changed, taken back; a link sent again; somebody signed out everywhere.

Whoever owns everything does so for every key; whoever owns one campaign, for the keys to that one. The link of an
invitation signs in as its person, so only an owner of everything gets it to hand over: elsewhere the letter brings it.
"""

from flask import abort, g

from launchpad.database import db, writing
from launchpad.models import Campaign, Staff
from launchpad.services import sign_in, team
from launchpad.web.load import row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team import desk, keys
from launchpad.web.team.frame import room, said, site

ACTS = "change, remove, sign_out, invite"


@room.get("/people")
@permit("staff.edit")
def staff():
    """Who has a key to this campaign alone."""
    return desk.show()


@site.post("/people/staff")
@permit("staff.edit")
def add_staff():
    """Give a key, and show the one-time link that goes with it."""
    return _add()


@room.post("/people/staff")
@permit("staff.edit")
def add_room_staff():
    """Give a key to this campaign."""
    return _add()


@site.post(f"/people/staff/<int:id>/<any({ACTS}):act>")
@permit("staff.edit")
def act_on_staff(id: int, act: str):
    """What is done to a key."""
    return _act(id, act)


@room.post(f"/people/staff/<int:id>/<any({ACTS}):act>")
@permit("staff.edit")
def act_on_room_staff(id: int, act: str):
    """What is done to a key to this campaign."""
    row_or_404(Staff, id)
    return _act(id, act)


def _add():
    def act() -> dict:
        role, email = keys.role(), said("email", 254)
        with writing():
            campaign = _mine() if g.get("campaign") else keys.reach()
            person = team.add(email, role, campaign, me(), keys.until(campaign))
            return _invited(person, *team.invite(person))

    return desk.act("staff", act)


def _act(id: int, act: str):
    def change() -> dict:
        with writing():
            row = db.session.get(Staff, id)
            if row is None:
                abort(404)
            of = db.session.get(Campaign, row.campaign_id) if row.campaign_id else None
            team.change(id, keys.role(), keys.until(of, row.until), me())
        return {}

    def remove() -> dict:
        with writing():
            team.remove(id, me())
        return {}

    def sign_out() -> dict:
        with writing():
            person = team.sign_out(id, me())
            return {"email": person.email}

    def invite() -> dict:
        with writing():
            person, row, letter = team.invite_again(id, me())
            return _invited(person, row, letter)

    verb = {"change": change, "remove": remove, "sign_out": sign_out, "invite": invite}[act]
    # a change that is refused is shown in its row; what is done by one button, above the list
    return desk.act("staff" if act == "invite" else f"change-{id}" if act == "change" else act, verb)


def _mine() -> Campaign:
    """This request's campaign as it is inside `writing()`."""
    return db.session.get_one(Campaign, g.campaign.id)


def _invited(person, row, letter: bool) -> dict:
    link = "" if g.get("campaign") else desk.base() + sign_in.path_of(row)
    return {"email": person.email, "letter": letter, "link": link}
