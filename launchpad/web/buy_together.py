"""Strangers in a rush whom the door let in: those who are at the checkout at the same moment share one transaction."""

from flask import g

from launchpad.database import db, writing
from launchpad.services import campaigns, guests, people, prequeue
from launchpad.together import Together
from launchpad.web import rush, touch


def hold(form) -> guests.Held | guests.Instead:
    """Hold what the checkout's form asks for.

    Raises Refusal for what is no address, and LookAgain where all is gone: the door knows what is told then.
    """
    if g.campaign.rehearsal is not None or prequeue.is_on(g.campaign):
        return guests.Instead.ALONE
    wish = guests.Wish(
        people.key_of(form.email.data), form.name.data or "", form.sku.data, form.quantity.data, form.key.data,
        form.announce.data, touch.kept() or {"ref": form.ref.data or "", "source": form.source.data or ""},
    )  # fmt: skip
    id = g.campaign.id
    db.session.rollback()  # whoever waits for the common transaction holds no connection: there are fewer than people
    held = _hold((id, wish))
    if held is guests.Instead.GONE and rush.may_return():
        raise rush.LookAgain
    return held


def _hold_all(asked: list[tuple[int, guests.Wish]]) -> list[guests.Held | guests.Instead]:
    held: dict[int, guests.Held | guests.Instead] = {}
    with writing():
        for id in dict.fromkeys(id for id, _ in asked):
            mine = [at for at, (campaign_id, _) in enumerate(asked) if campaign_id == id]
            held |= zip(mine, guests.hold_all(campaigns.by_id(id), [asked[at][1] for at in mine]), strict=True)
    return [held[at] for at in range(len(asked))]


_hold = Together(_hold_all)
