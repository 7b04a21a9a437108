"""A mistyped address, put right until it is confirmed; and the confirming letter once more.

Who joined holds a sealed token of what came of it. It reads the same whether the address was known or not: only a
place that this very join made can be moved with it.
"""

from dataclasses import replace

from sqlalchemy import delete, exists, select, update

from launchpad.database import db
from launchpad.models import Campaign, Doubt, Letter, Person, Place
from launchpad.rules.refusals import Refusal
from launchpad.services import asking, joining, people, tokens
from launchpad.services.joining import Joined, Wish


def key_of(campaign_id: int, joined: Joined | None) -> str:
    """The token for the browser that joined; without a place, for a machine, one that looks the same."""
    return tokens.seal("joined", campaign_id, joined.place_id if joined else 0, joined.turn if joined else 0)


def ask_again(campaign: Campaign, key: str) -> None:
    """Write the confirming letter once more, at most once in ten minutes. Raises Refusal for a token of nobody's."""
    place_id, _ = _read(campaign, key)
    place = db.session.scalar(_place(campaign, place_id).where(Place.left_at.is_(None)))
    if place is not None:
        asking.ask(campaign, db.session.get(Person, place.person_id), place)


def correct(campaign: Campaign, key: str, wish: Wish) -> Joined:
    """Hold the place for another address: the old one gets nothing more, and the moment of asking stays.

    Whose place is confirmed keeps it, and so does who had one before this token was made; the other address then joins
    by itself. Raises Refusal: closed, address.
    """
    place_id, turn = _read(campaign, key)
    address = people.key_of(wish.email)
    same = db.session.scalar(_place(campaign, place_id).join(Person, Person.id == Place.person_id).where(Person.email == address))
    if same is not None:
        asking.ask(campaign, db.session.get(Person, same.person_id), same)
        return Joined(same.id, same.person_id, False, turn)
    taken = _take(campaign, place_id, turn)
    if taken is not None:
        wish = replace(
            wish, name=wish.name or taken.name, sku=taken.sku, quantity=taken.quantity, marketing=taken.marketing,
            source=taken.source, ref=taken.ref, touch=taken.touch, instead=True,
        )  # fmt: skip
    answer = joining.join_all(campaign, [wish])[0]
    if isinstance(answer, Refusal):
        raise answer
    if taken is not None and answer.turn:
        db.session.execute(
            update(Place)
            .where(Place.id == answer.place_id, Place.confirmed_at.is_(None))
            .values(submitted_at=taken.submitted_at)
            .execution_options(synchronize_session=False)
        )
        return replace(answer, turn=joining.milliseconds(taken.submitted_at))
    return answer


def _take(campaign: Campaign, place_id: int, turn: int):
    """Take a place out, if it is still as this token's join made it. One statement decides against whoever confirms it."""
    if not turn:
        return None
    place = db.session.scalar(_place(campaign, place_id))
    if place is None or joining.milliseconds(place.submitted_at) != turn:
        return None
    used = exists().where(Doubt.place_id == Place.id, Doubt.used_at.is_not(None)).correlate_except(Doubt)
    columns = ("name", "sku", "quantity", "marketing", "source", "ref", "touch", "submitted_at")
    taken = db.session.execute(
        delete(Place)
        .where(Place.id == place_id, Place.confirmed_at.is_(None), Place.left_at.is_(None), ~used)
        .returning(*(getattr(Place, name) for name in columns))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is not None:
        person_id = place.person_id
        db.session.expunge(place)
        due = Letter.person_id == person_id, Letter.campaign_id == campaign.id, Letter.kind == "confirm", Letter.state == "due"
        db.session.execute(
            update(Letter)
            .where(*due)
            .values(state="suppressed", reason="the address was corrected")
            .execution_options(synchronize_session=False)
        )
    return taken


def _place(campaign: Campaign, id: int):
    return select(Place).where(Place.id == id, Place.campaign_id == campaign.id).execution_options(populate_existing=True)


def _read(campaign: Campaign, key: str) -> tuple[int, int]:
    numbers = tokens.unseal("joined", key or "")
    if numbers is None or len(numbers) != 3 or numbers[0] != campaign.id or not max(numbers) < 2**63:
        raise Refusal("key", "This page is not one of ours any more. Join again, and go on from there.")
    return numbers[1], numbers[2]
