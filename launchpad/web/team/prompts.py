"""What people are asked to send stories about: prompts, written in the control room.

One that people have answered keeps its words, because their stories stand below them; it may still be taken out.
"""

from flask import g, request, url_for
from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Prompt, Story
from launchpad.rules.refusals import Refusal
from launchpad.web.answers import done, page, refused
from launchpad.web.load import row_or_404
from launchpad.web.permit import permit
from launchpad.web.team import lists, versions
from launchpad.web.team.frame import room, said

BEGINS = [("launch", "From the launch on"), ("delivery", "Once it was delivered")]


@room.get("/prompts", endpoint="prompts")
@permit("team.see")
def listed():
    """All of them in their order, with how many stories answer each; the form for one more."""
    return page("team/prompts.html", **_whole(), kept={})


@room.post("/prompts", endpoint="prompt_make")
@permit("campaign.edit")
def make():
    """One more, at the end."""
    refusal = lists.changed("prompts", "prompt.make", lambda rows: rows.append(_row(rows)))
    if refusal is None:
        return done(url_for("room.prompts"))
    return refused(refusal, "team/prompts.html", **_whole(), kept=request.form)


@room.get("/prompts/<int:id>", endpoint="prompt")
@permit("campaign.edit")
def one(id: int):
    """A prompt as a form."""
    prompt = row_or_404(Prompt, id)
    kept = {"text": prompt.text, "template": prompt.template, "from": prompt.since}
    return page("team/prompt.html", **_one(prompt), kept=kept)


@room.post("/prompts/<int:id>", endpoint="prompt_edit")
@permit("campaign.edit")
def edit(id: int):
    """Another template, another time; other words while nobody has answered."""
    prompt = row_or_404(Prompt, id)
    place, fixed = _place(prompt), prompt.text if _answers().get(id) else None

    def change(rows: list[dict]) -> None:
        rows[place] = _row(rows[:place] + rows[place + 1 :], fixed)

    return _changed(id, "prompt.edit", change, request.form)


@room.post("/prompts/<int:id>/move", endpoint="prompt_move")
@permit("campaign.edit")
def move(id: int):
    """One place up or down."""
    place, up = _place(row_or_404(Prompt, id)), request.form.get("to") == "up"
    refusal = lists.changed("prompts", "prompt.move", lambda rows: lists.moved(rows, place, up))
    if refusal is None:
        return done(url_for("room.prompts"))
    return refused(refusal, "team/prompts.html", **_whole(), kept={})


@room.post("/prompts/<int:id>/remove", endpoint="prompt_remove")
@permit("campaign.edit")
def remove(id: int):
    """Ask it no more; stories that answer it stay, without it."""
    place = _place(row_or_404(Prompt, id))
    return _changed(id, "prompt.remove", lambda rows: rows.pop(place), None)


def _changed(id: int, act: str, change, sent):
    refusal = lists.changed("prompts", act, change)
    if refusal is None:
        return done(url_for("room.prompts"))
    prompt = row_or_404(Prompt, id)
    kept = sent if sent is not None else {"text": prompt.text, "template": prompt.template, "from": prompt.since}
    return refused(refusal, "team/prompt.html", **_one(prompt), kept=kept)


def _every() -> list[Prompt]:
    rows = select(Prompt).where(Prompt.campaign_id == g.campaign.id).order_by(Prompt.position, Prompt.id)
    return list(db.session.scalars(rows))


def _place(prompt: Prompt) -> int:
    return [row.id for row in _every()].index(prompt.id)


def _answers() -> dict[int, int]:
    """How many stories that were not withdrawn answer each, by its id."""
    rows = select(Story.prompt_id, func.count()).where(
        Story.campaign_id == g.campaign.id, Story.prompt_id.is_not(None), Story.state != "withdrawn"
    )
    return dict(db.session.execute(rows.group_by(Story.prompt_id)).all())


def _whole() -> dict:
    return {
        "here": "prompts", "prompts": _every(), "answers": _answers(), "begins": BEGINS, "version_fields": versions.fields,
    }  # fmt: skip


def _one(prompt: Prompt) -> dict:
    answers = _answers().get(prompt.id, 0)
    return {"here": "prompts", "prompt": prompt, "answers": answers, "begins": BEGINS, "version_fields": versions.fields}


def _row(others: list[dict], fixed: str | None = None) -> dict:
    """The form as a prompt of the file; its words as they were when they are `fixed`. Raises Refusal."""
    text = fixed or said("text", 1000)
    if any(other["text"] == text for other in others):
        raise Refusal("twice", "There is a prompt with these words already.", "text")
    row = {"text": text, "template": said("template", 5000), "from": said("from", 20)}
    return {key: value for key, value in row.items() if value or key != "template"}
