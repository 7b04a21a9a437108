"""The order of the phases."""

from launchpad.rules.phases import OPENED_BY, ORDER, Phase, between, since


def test_a_campaign_lives_in_this_order():
    assert [p.value for p in ORDER] == ["draft", "preview", "waitlist", "launch", "recap", "archived"]
    assert list(OPENED_BY.values()) == list(ORDER[1:])


def test_a_phase_is_before_the_later_ones_and_from_itself_on():
    assert Phase.PREVIEW.is_before("waitlist") and not Phase.PREVIEW.is_before(Phase.PREVIEW)
    assert Phase.PREVIEW.is_from("preview") and not Phase.PREVIEW.is_from("waitlist")


def test_spans_hold_both_their_ends():
    assert since("recap") == (Phase.RECAP, Phase.ARCHIVED)
    assert between("preview", "launch") == (Phase.PREVIEW, Phase.WAITLIST, Phase.LAUNCH)
