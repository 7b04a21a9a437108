"""The guard of every route: which action of the permission table it is, and who is asking."""

from collections.abc import Callable
from functools import wraps

from flask import abort, current_app, g, redirect, request, url_for
from flask_login import current_user

from launchpad.database import db
from launchpad.models import Campaign, Person
from launchpad.rules import access
from launchpad.rules.phases import Phase
from launchpad.services import standing, team

_OF_A_PLACE = ("place.see", "invite.see")  # letters link there


def me():
    """The signed-in person, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def my_roles() -> frozenset[str]:
    """My roles in this request's campaign, found once a request."""
    if "roles" not in g:
        g.roles = standing.roles(me(), g.get("campaign"))
    return g.roles


def _held(action: str) -> frozenset[str]:
    """My roles as this action asks for them: in this request's campaign, or with any key I have."""
    if action not in access.ANYWHERE:
        return my_roles()
    if "keys" not in g:
        g.keys = standing.everywhere(me())
    return g.keys


def _when() -> tuple[Phase, bool]:
    return (g.phase, g.head_start_open) if g.get("campaign") else (Phase.DRAFT, False)


def may(action: str) -> bool:
    """True when the one who asks may do this now; templates and guards use the same answer."""
    return access.may(action, _held(action), *_when())


def may_everywhere(action: str) -> bool:
    """True when they may do this with a key to every campaign, whichever campaign's page this is."""
    return access.may(action, standing.staff_roles(me()), Phase.DRAFT)


def still_may(action: str) -> Callable[[], bool]:
    """A question to be asked later, outside this request: whether the session of now may still do this here.

    For streams: a key that was taken back, one that ended, a sign-out everywhere. It holds no connection between.
    """
    app, id, key = current_app._get_current_object(), g.campaign.id, current_user.get_id()

    def asked() -> bool:
        with app.app_context():
            person, campaign = db.session.get(Person, int(key.partition(":")[0])), db.session.get(Campaign, id)
            known = person is not None and campaign is not None and person.is_active and person.get_id() == key
            return known and standing.may(action, person, campaign)

    return asked


def _why_not(action: str) -> str:
    """Why not, in one sentence; somebody of the team reads who can give them the key, and is led back to their room."""
    said = access.why_not(action, _held(action), *_when())
    late = action == "waitlist.join" and g.get("campaign") is not None  # a link that goes on being shared
    if late and said == access.ENDED:
        said = "The waitlist ended when doors opened for everyone."
    if late or (action in _OF_A_PLACE and me() is not None):  # to sign in would change nothing
        joins = may("waitlist.join")
        g.way_out = (f"/{g.slug}/waitlist", "Join the waitlist") if joins else (f"/{g.slug}/", f"To {g.campaign.name}")
    if not set(access.STAFF) & standing.everywhere(me()):
        return said
    g.way_out = ("/team/", "To the control room")
    if access.who_may(action) and set(access.STAFF) & (keys := _held(action)) and any(access.TABLE[action][key] for key in keys):
        return said  # theirs, at another time: nobody can change that
    who = " or ".join(person.name or person.email for person in team.whom_to_ask(g.get("campaign")))
    return f"{said} Ask {who} for a key to it." if access.who_may(action) and who else said


def permit(action: str) -> Callable:
    """Guard a view with an action of rules.access. Put it right below the route decorator."""
    if action not in access.ACTIONS:
        raise LookupError(f"{action} is not in the permission table")

    def guard(view: Callable) -> Callable:
        @wraps(view)
        def guarded(*args, **kwargs):
            if not may(action):
                to_sign_in = request.path.startswith("/team/") or action in _OF_A_PLACE
                if me() is None and to_sign_in and request.method == "GET":
                    return redirect(url_for("sign_in.page", next=request.path), 303)
                abort(403, _why_not(action))
            return view(*args, **kwargs)

        guarded.action = action
        return guarded

    return guard
