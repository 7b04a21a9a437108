"""Who may do what, when: the table that guards every page, printed; whole, or one role by the stages."""

from flask import request

from launchpad.rules import access
from launchpad.services import standing
from launchpad.web.answers import page
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import site
from launchpad.web.team.permission_words import action_words

LETTERS = "dpwhlra"  # of the stages, as the table prints them


@site.get("/permissions")
@permit("team.enter")
def permissions():
    """The matrix: an action a row, a role a column, the stages in each cell. With `role`, a stage a column."""
    role = request.args.get("role", "")
    role = role if role in access.ROLES else ""
    stages = [(letter, stage.replace("_", " "), stage) for letter, stage in zip(LETTERS, access.STAGES, strict=True)]
    return page(
        "team/permissions.html",
        here="permissions",
        roles=access.ROLES,
        staff=access.STAFF,
        role=role,
        rows=[(action, action_words(action), row) for action, row in access.TABLE.items() if not role or row[role]],
        stages=stages,
        said=_said,
        mine=[held for held in reversed(access.STAFF) if held in standing.everywhere(me())],
    )


def _said(stages: frozenset[str]) -> str:
    """When, in words: all the time, from one stage to another, or nothing."""
    if not stages:
        return "never"
    if len(stages) == len(access.STAGES):
        return "always"
    mine = [stage for stage in access.STAGES if stage in stages]
    first, last = (stage.replace("_", " ") for stage in (mine[0], mine[-1]))
    if len(mine) == 1:
        return f"in {first}"
    return f"from {first}" if mine[-1] == access.STAGES[-1] else f"{first} to {last}"
