"""Who may do what, when."""

import pytest

from launchpad.rules.access import (
    ACTIONS,
    HEAD_START,
    ROLES,
    STAFF,
    STAGES,
    TABLE,
    includes,
    matrix,
    may,
    stage,
    why_not,
)
from launchpad.rules.phases import ORDER, Phase


def test_the_matrix_is_whole_and_printed():
    for row in TABLE.values():
        assert tuple(row) == ROLES
        assert all(stages <= set(STAGES) for stages in row.values())
    print(matrix())
    assert len(matrix().splitlines()) == len(ACTIONS) + 3


def test_the_stages_are_the_phases_and_the_head_start():
    assert [s for s in STAGES if s != HEAD_START] == [p.value for p in ORDER]
    assert stage("waitlist", head_start_open=True) == HEAD_START
    assert stage("launch", head_start_open=True) == "launch"
    assert stage("draft", head_start_open=True) == "draft"


def test_an_owner_may_all_that_a_moderator_may_and_everyone_what_a_stranger_may():
    for row in TABLE.values():
        assert row["moderator"] <= row["owner"]
        assert all(row["stranger"] <= row[role] for role in ROLES)


TEAM = [a for a in ACTIONS if not TABLE[a]["member"] | TABLE[a]["place"]]


@pytest.mark.parametrize("action", TEAM)
def test_the_teams_acts_are_the_teams_alone(action):
    assert not any(may(action, {"stranger", "member", "place", "buyer"}, phase, True) for phase in ORDER)


def test_moderators_have_the_day_and_owners_have_everything():
    for action in ("team.see", "thread.moderate", "stories.review", "sales.stop"):
        assert all(may(action, {"moderator"}, phase) for phase in ORDER)
    for action in ("campaign.edit", "timetable.edit", "letters.see", "audit.see", "staff.edit", "rehearse"):
        assert not any(may(action, {"moderator", "host"}, phase) for phase in ORDER)
        assert all(may(action, {"owner"}, phase) for phase in ORDER)


def allowed(action, *roles) -> str:
    return " ".join(s for s in STAGES if may(action, set(roles), "waitlist" if s == HEAD_START else s, s == HEAD_START))


def test_a_draft_shows_its_poster_to_everyone():
    assert allowed("campaign.see") == " ".join(STAGES)


def test_the_preview_is_for_members():
    assert allowed("preview.see") == ""
    assert allowed("preview.see", "place") == ""
    assert allowed("preview.see", "member") == "preview waitlist head_start launch recap archived"
    assert allowed("idea.post", "member") == "preview waitlist head_start"
    assert allowed("idea.vote", "owner") == ""


def test_the_waitlist_is_joined_from_its_opening_until_the_launch():
    assert allowed("waitlist.join") == "waitlist head_start"


def test_buying_begins_with_the_head_start_and_ends_with_the_archive():
    assert allowed("buy") == "head_start launch recap"


def test_the_thread_is_read_from_the_waitlist_and_written_from_the_head_start_to_the_recap():
    assert allowed("thread.read") == "waitlist head_start launch recap archived"
    for role in ("member", "place", "buyer"):
        assert allowed("thread.post", role) == "head_start launch"
    assert allowed("thread.post") == ""


def test_stories_come_from_the_launch_on():
    for role in ("member", "place", "buyer"):
        assert allowed("story.send", role) == "launch recap archived"
    assert allowed("story.send") == ""
    assert allowed("recap.see") == "recap archived"


STAFF_ALONE = {
    "staff.edit": "owner", "orders.change": "owner", "people.export": "owner", "keys.see": "owner", "site.edit": "owner",
    "campaign.edit": "editor owner", "timetable.edit": "editor owner", "rehearse": "editor owner",
    "sales.stop": "moderator editor owner", "stories.review": "moderator editor owner",
    "audit.see": "analyst editor owner", "numbers.export": "analyst editor owner",
    "team.see": "analyst moderator editor owner",
}  # fmt: skip


@pytest.mark.parametrize("action", STAFF_ALONE)
def test_each_role_of_the_team_has_its_part(action):
    assert [role for role in STAFF if allowed(action, role)] == STAFF_ALONE[action].split()


def test_a_host_has_the_day_and_nothing_before_or_after_it():
    for action in ("today.see", "thread.moderate", "thread.post"):
        assert allowed(action, "host") == "head_start launch"
    mine = {action for action in ACTIONS if TABLE[action]["host"] - TABLE[action]["stranger"]}
    # whatever is added for a host has to be meant: a champion is a guest of the team for a day
    assert mine >= {"team.enter", "today.see", "thread.moderate", "thread.post", "story.send"}
    assert mine.isdisjoint({"team.see", "letters.see", "orders.see", "waitlist.see", "audit.see", "sales.stop"})


def test_an_analyst_changes_nothing():
    words = (".edit", ".change", ".moderate", ".review", ".stop", ".create", ".answer", ".post", ".send")
    for action in ACTIONS:
        if action.endswith(words) or action == "rehearse":
            assert allowed(action, "analyst") == allowed(action), action


def test_an_owner_includes_each_role_and_a_host_none():
    assert all(includes("owner", role) for role in STAFF)
    assert includes("editor", "analyst") and includes("moderator", "host")
    assert not includes("moderator", "analyst") and not includes("analyst", "host")


def test_roles_add_up():
    assert may("place.see", {"member", "place"}, "launch")
    assert not may("place.see", {"member"}, "launch")
    assert may("public", set(), "draft")


def test_an_unknown_action_or_role_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        may("fly", {"owner"}, "launch")
    with pytest.raises(KeyError):
        may("buy", {"king"}, "draft")


def test_why_not_is_a_sentence_exactly_when_they_may_not():
    for action in ACTIONS:
        for phase in Phase:
            for role in ROLES:
                said = why_not(action, {role}, phase)
                assert (said is None) == may(action, {role}, phase)
                assert said is None or said.endswith(".")


def test_why_not_tells_too_early_from_too_late_from_not_for_you():
    assert why_not("waitlist.join", set(), "preview") == "Not yet: this opens once the waitlist opens."
    assert why_not("waitlist.join", set(), "launch") == "This has ended."
    assert why_not("preview.see", set(), "preview") == "This is for members."
    assert why_not("audit.see", {"moderator"}, "launch") == "This is for owners, editors and analysts."
    assert why_not("staff.edit", {"editor"}, "launch") == "This is for owners."
    assert why_not("audit.see", set(), "launch") == "This is for the team."
