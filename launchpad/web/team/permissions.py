"""Who may do what, when: the table that guards every page, printed."""

from launchpad.rules import access
from launchpad.web.answers import page
from launchpad.web.permit import permit
from launchpad.web.team.frame import site


@site.get("/permissions")
@permit("team.enter")
def permissions():
    """The matrix: an action a row, a role a column, the stages in each cell."""
    rows = [(action, [_cell(row[role]) for role in access.ROLES]) for action, row in access.TABLE.items()]
    return page("team/permissions.html", here="permissions", roles=access.ROLES, rows=rows, stages=access.STAGES)


def _cell(stages: frozenset[str]) -> str:
    """When, in words: all the time, from one stage to another, or nothing."""
    if not stages:
        return ""
    if len(stages) == len(access.STAGES):
        return "always"
    mine = [stage for stage in access.STAGES if stage in stages]
    first, last = (stage.replace("_", " ") for stage in (mine[0], mine[-1]))
    if len(mine) == 1:
        return f"in {first}"
    return f"from {first}" if mine[-1] == access.STAGES[-1] else f"{first} to {last}"
