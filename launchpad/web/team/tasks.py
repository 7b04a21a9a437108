"""What only a person can decide about payments: of one campaign, and what is of no campaign that we know."""

from flask import abort, g, request, url_for
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Hook, Task
from launchpad.rules.refusals import Refusal
from launchpad.services import hooks, parking
from launchpad.web.answers import done, page, refused
from launchpad.web.load import refresh
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import cursor, room, said, site

MOST = 50


@room.get("/tasks")
@permit("orders.see")
def tasks():
    """The open tasks of a campaign; with `state=done` those that were done."""
    return page("team/tasks.html", **_list())


@room.post("/tasks/<int:id>/done")
@permit("orders.change")
def task_done(id: int):
    """Say that one is done, and how."""
    return _close(id)


@site.get("/tasks", endpoint="tasks")
@permit("orders.change")
def tasks_of_none():
    """The open tasks of no campaign."""
    return page("team/tasks.html", **_list())


@site.post("/tasks/<int:id>/done", endpoint="task_done")
@permit("orders.change")
def task_of_none_done(id: int):
    """Say that one is done, and how."""
    return _close(id)


@site.post("/tasks/<int:id>/again")
@permit("orders.change")
def task_again(id: int):
    """Have a message worked once more that could not be."""
    hook_id = _task(id).facts.get("hook")
    try:
        with writing():
            task, hook = _task(id), db.session.get(Hook, hook_id) if hook_id else None
            if hook is None or hook.state != "failed":
                raise Refusal("state", "This message is not there any more, or was worked meanwhile.")
            hooks.again(hook)
            parking.close(me(), task, "Tried again.")
    except Refusal as refusal:
        return refused(refusal, "team/tasks.html", **_list(), failed=id)
    return done(_here())


def _close(id: int):
    _task(id)
    try:
        note = said("reason")
        with writing():
            parking.close(me(), _task(id), note)
    except Refusal as refusal:
        if g.get("campaign"):
            refresh()
        return refused(refusal, "team/tasks.html", **_list(), failed=id, sent=request.form)
    return done(_here())


def _task(id: int) -> Task:
    """A task of this request's campaign, or of none on the site's page; else there is nothing here."""
    campaign = g.get("campaign")
    mine = Task.campaign_id == campaign.id if campaign else Task.campaign_id.is_(None)
    task = db.session.scalar(select(Task).where(Task.id == id, mine))
    if task is None:
        abort(404)
    return task


def _list() -> dict:
    campaign = g.get("campaign")
    state = "done" if request.args.get("state") == "done" else "open"
    rows = parking.listed(campaign, state, cursor(), MOST + 1)
    older = url_for(_page(), state=state, before=rows[MOST - 1].id) if len(rows) > MOST else None
    return {
        "here": "tasks", "tasks": rows[:MOST], "kinds": parking.KINDS, "state": state, "older": older,
        "newer": url_for(_page(), state=state) if cursor() is not None else None, "list_page": _page(),
    }  # fmt: skip


def _page() -> str:
    return "room.tasks" if g.get("campaign") else "team.tasks"


def _here() -> str:
    return url_for(_page())
