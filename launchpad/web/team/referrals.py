"""Who brought whom: the numbers, what was withheld and why, whom and where the team trusts, rewards to hand out."""

from flask import abort, g, request, url_for

from launchpad.database import writing
from launchpad.rules.referrals import REASONS
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, referral_review, rewards
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.sheets import sheet
from launchpad.web.team.frame import cursor, room, said

MOST = 100
STATES = {"withheld": "Withheld", "counted": "They count", "waiting": "Not confirmed yet", "reversed": "Left again", "": "All"}


@room.get("/referrals", endpoint="referrals")
@permit("referrals.see")
def referrals():
    """The page."""
    return page("team/referrals.html", **_values())


@room.post("/referrals", endpoint="decide_referrals")
@permit("referrals.change")
def decide():
    """Let those ticked count, or withhold them."""
    def act(campaign):
        verb, ids = request.form.get("verb", ""), _ticked()
        if verb not in ("allow", "withhold"):
            raise Refusal("verb", "Choose: let them count, or withhold them.")
        if not ids:
            raise Refusal("none", "Tick at least one of them.")
        referral_review.decide(campaign, ids, verb == "allow", me(), said("reason"))

    return _done(act)


@room.post("/referrals/sharer/<int:id>", endpoint="change_sharer")
@permit("referrals.change")
def sharer(id: int):
    """Trust somebody who shares, or not; hide them on the leaderboard, or not."""
    def act(campaign):
        person, verb = referral_review.sharer(campaign, id), request.form.get("verb", "")
        if person is None:
            abort(404)
        if verb in ("trust", "doubt"):
            referral_review.trust(campaign, person, verb == "trust", me())
        elif verb in ("hide", "show"):
            referral_review.hide(campaign, person, verb == "hide", me())
        else:
            raise Refusal("verb", "Choose what to do with them.")

    return _done(act)


@room.post("/referrals/networks", endpoint="allow_network")
@permit("referrals.change")
def network():
    """Many may come from this network."""
    return _done(lambda campaign: referral_review.allow_network(campaign, said("network"), said("note"), me()))


@room.post("/referrals/networks/<int:id>/drop", endpoint="drop_network")
@permit("referrals.change")
def drop(id: int):
    """Not any more."""
    return _done(lambda campaign: referral_review.drop_network(campaign, id, me()))


@room.post("/referrals/rewards/<int:id>", endpoint="hand_reward")
@permit("referrals.change")
def hand(id: int):
    """Tick that a reward was handed out, or take the tick off."""
    return _done(lambda campaign: rewards.hand(campaign, id, me(), request.form.get("verb") != "undo"))


@room.get("/referrals/rewards.csv", endpoint="rewards_sheet")
@permit("people.export")
def rewards_sheet():
    """Who is owed what, and what was handed out."""
    rows = [
        (row.person.name, row.person.email, row.at, row.gives, row.reached_at.isoformat(),
         row.handed_at.isoformat() if row.handed_at else "")
        for handed in (False, True) for row in rewards.listed(g.campaign, handed)
    ]  # fmt: skip
    return sheet(f"{g.slug}-rewards", ("name", "email", "friends", "reward", "reached", "handed_out"), rows)


def _done(act):
    try:
        with writing():
            act(campaigns.by_id(g.campaign.id))
    except Refusal as refusal:
        return refused(refusal, "team/referrals.html", **_values())
    refresh()
    return done(url_for("room.referrals", state=_state(), by=_by()))


def _ticked() -> list[int]:
    ticked = request.form.getlist("friend")[: referral_review.MOST]
    return [int(id) for id in ticked if id.isascii() and id.isdigit() and len(id) <= 9]


def _state() -> str:
    state = request.values.get("state", "withheld")
    return state if state in STATES else "withheld"


def _by() -> int | None:
    text = request.values.get("by", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _values() -> dict:
    campaign, state, by = g.campaign, _state(), _by()
    rows = list(referral_review.listed(campaign, state, by, cursor(), MOST + 1))
    more = url_for("room.referrals", state=state, by=by, before=rows[MOST - 1].id) if len(rows) > MOST else None
    return {
        "here": "waitlist",
        "figures": referral_review.figures(campaign),
        "rows": rows[:MOST],
        "more": more,
        "state": state,
        "states": list(STATES.items()),
        "by": by,
        "reasons": REASONS,
        "sharers": referral_review.sharers(campaign),
        "networks": referral_review.networks(campaign),
        "owed": rewards.listed(campaign, False, most=MOST),
        "handed": rewards.listed(campaign, True, most=20),
        "typed": {name: (request.form.get(name) or "")[:250] for name in ("reason", "network", "note")},
    }
