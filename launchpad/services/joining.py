"""Joining the waitlist, for one or for many at once: in a rush one transaction holds the places of all who wait for it.

A place is held from the first submit. Joining says the same to everyone, whether the address is known or not; who is
signed in with that address, and so has proven it, is confirmed at once.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Person, Place, Variant
from launchpad.rules.refusals import Refusal
from launchpad.services import asking, joins_open, people, referrals, referring, sanctions, suspicion, waitlist
from launchpad.services.wishes import Joined, Wish


def join(campaign: Campaign, *asked, by: Person | None = None, **more) -> Place:
    """Hold a place for one address; the words are those of Wish. Raises Refusal: closed, full, address, sku."""
    answer = join_all(campaign, [Wish(*asked, by=by.id if by else None, **more)])[0]
    if isinstance(answer, Refusal):
        raise answer
    return db.session.get(Place, answer.place_id, populate_existing=True)


def join_all(campaign: Campaign, wishes: list[Wish]) -> list[Joined | Refusal]:
    """Hold a place for each and write the confirming letters; in the order of the wishes, a place or why not.

    Repeating a wish changes no place that counts and moves nobody in line. After leaving, it is a new place at the end.
    """
    if (no := joins_open.closed(campaign)) is not None and not all(wish.instead for wish in wishes):
        return [no for _ in wishes]
    answers: list[Joined | Refusal | None] = [None] * len(wishes)
    now = campaign.moment
    first, again = _by_address(campaign, wishes, answers)
    known = people.make_all({key: wishes[at].played_in or _rehearsal(campaign) for key, at in first.items()})
    out = sanctions.banned(campaign, {one.id for one in known.values()})
    for key in [key for key in first if known[key].id in out]:  # the answer of everyone, and neither place nor letter
        for at in [first.pop(key), *(at for other, at in again if other == key)]:
            answers[at] = Joined(0, 0, False)
    again = [(key, at) for key, at in again if key in first]
    links = _links(wishes)
    fresh = _hold_all(campaign, {key: (known[key], wishes[at]) for key, at in first.items()}, now, links)
    new = [(key, fresh[known[key].id], wishes[at]) for key, at in first.items() if known[key].id in fresh]
    suspicion.look(campaign, [suspicion.Seen(id, key, wish.client, wish.seconds) for key, id, wish in new])
    _brought(campaign, [(known[key].id, wish) for key, _, wish in new], links)
    again = [(key, at) for key, at in first.items() if known[key].id not in fresh] + again
    asked = [(known[key], wishes[at]) for key, at in first.items() if known[key].id in fresh]
    asking.ask_first(campaign, [(who, fresh[who.id]) for who, wish in asked if not _proven(who, wish)])
    for key, at in first.items():
        if (place_id := fresh.get(known[key].id)) is not None:
            joined = Joined(place_id, known[key].id, False, milliseconds(now))
            answers[at] = _let_in(joined, known[key], wishes[at])
    for key, at in again:
        answers[at] = _once_more(campaign, known[key], wishes[at], links)
    return answers


def _by_address(campaign: Campaign, wishes: list[Wish], answers: list) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """The first wish of each address, and those after it, which find the place of the first. What cannot be is answered."""
    skus = _skus(campaign) if any(wish.sku for wish in wishes) else frozenset()
    first: dict[str, int] = {}
    again: list[tuple[str, int]] = []
    for at, wish in enumerate(wishes):
        try:
            key = people.key_of(wish.email)
            if wish.sku and wish.sku not in skus:
                raise Refusal("sku", "There is no such variant. Choose one of the list.", "sku")
        except Refusal as refusal:
            answers[at] = refusal
            continue
        if first.setdefault(key, at) != at:
            again.append((key, at))
    return first, again


def milliseconds(moment: datetime) -> int:
    """A moment as a number that tells one stay in line from another."""
    return round(moment.timestamp() * 1000)


def _skus(campaign: Campaign) -> frozenset[str]:
    return frozenset(db.session.scalars(select(Variant.sku).where(Variant.campaign_id == campaign.id)))


def _rehearsal(campaign: Campaign) -> int | None:
    return campaign.id if campaign.rehearsal else None


def _hold_all(
    campaign: Campaign, wanted: dict[str, tuple[people.Known, Wish]], now: datetime, links: Mapping[str, int]
) -> dict[int, int]:
    """A new place for everybody who has none: person id -> place id. Who has one, or left, is not among them."""
    if not wanted:
        return {}
    real = clock.now()
    rows = []
    for known, wish in wanted.values():
        rows.append(
            {
                "campaign_id": campaign.id,
                "person_id": known.id,
                "name": wish.name[:250],
                "sku": wish.sku or None,
                "quantity": wish.quantity,
                "marketing": wish.marketing,
                "source": wish.source[:250],
                "ref": wish.ref[: referrals.LONGEST],
                "touch": wish.touch or {},
                "referred_by": _referrer(links, wish, known.id),
                "asked_at": real,
                "submitted_at": now,
            }
        )
    table = Place.__table__
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing(index_elements=["campaign_id", "person_id"])
    made = db.session.connection().execute(statement.returning(table.c.person_id, table.c.id), rows)
    return dict(iter(made))


def _once_more(campaign: Campaign, known: people.Known, wish: Wish, links: Mapping[str, int]) -> Joined:
    """A wish of somebody who has a place already, or left: the same answer, and nobody moves."""
    mine = Place.campaign_id == campaign.id, Place.person_id == known.id
    query = select(Place).where(*mine).execution_options(populate_existing=True)
    place = db.session.scalars(query).one()
    back = place.left_at is not None and _stand_again(campaign, place)
    if back:
        place = db.session.scalars(query).one()
        place.source, place.ref = wish.source[:250], wish.ref[: referrals.LONGEST]
        place.touch = wish.touch or {}
        place.referred_by = _referrer(links, wish, known.id)
    if not place.counted:
        place.name, place.marketing = wish.name[:250] or place.name, wish.marketing  # left empty it takes no name
        if wish.sku or back:
            place.sku, place.quantity = wish.sku or None, wish.quantity
    db.session.flush()
    if not _proven(known, wish):
        asking.ask(campaign, db.session.get(Person, known.id), place)
    return _let_in(Joined(place.id, known.id, place.counted), known, wish)


def _stand_again(campaign: Campaign, place: Place) -> bool:
    """A place that was left is one at the end of the line. False when somebody else was faster."""
    back = db.session.execute(
        update(Place)
        .where(Place.id == place.id, Place.left_at.is_not(None))
        .values(left_at=None, confirmed_at=None, submitted_at=campaign.moment)
        .execution_options(synchronize_session=False)
    )
    return back.rowcount == 1


def _let_in(joined: Joined, known: people.Known, wish: Wish) -> Joined:
    """Who is signed in with that address has proven it: their place counts at once."""
    if joined.counted or not _proven(known, wish):
        return joined
    waitlist.confirm(db.session.get(Place, joined.place_id, populate_existing=True))
    place = db.session.get(Place, joined.place_id, populate_existing=True)
    return Joined(joined.place_id, joined.person_id, place.counted, joined.turn)


def _proven(known: people.Known, wish: Wish) -> bool:
    return wish.by == known.id and known.confirmed_at is not None


def _brought(campaign: Campaign, joined: list[tuple[int, Wish]], links: Mapping[str, int]) -> None:
    """Keep who brought those who joined for the first time."""
    by = [(id, _referrer(links, wish, id), wish) for id, wish in joined if wish.ref]
    referring.begin(campaign, [referring.Brought(id, who, wish.client, wish.agent) for id, who, wish in by if who])


def _links(wishes: list[Wish]) -> dict[str, int]:
    """Whose link each is that somebody came by: most of a rush came by the same few, so each is asked for once."""
    found = {ref: referrals.person_of(ref) for ref in {wish.ref for wish in wishes if wish.ref}}
    return {ref: person.id for ref, person in found.items() if person is not None}


def _referrer(links: Mapping[str, int], wish: Wish, person_id: int) -> int | None:
    """Whose link they came by; nobody brings themselves."""
    id = links.get(wish.ref)
    return id if id != person_id else None
