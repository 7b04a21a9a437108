"""The lists of a plan brought in line with a campaign's rows: variants, polls, prompts. Faults name the key."""

from sqlalchemy import select

from launchpad.database import db
from launchpad.models import Campaign, Option, Order, Poll, Prompt, Variant, Vote
from launchpad.rules.campaign_file import Fault
from launchpad.rules.plan import Plan
from launchpad.rules.polls import IN_THREAD
from launchpad.services.plan_rows import RATING, asked


def variants(campaign: Campaign, plan: Plan) -> None:
    """Matched by SKU. What was taken or ordered stays."""
    mine = {v.sku: v for v in db.session.scalars(select(Variant).filter_by(campaign_id=campaign.id).with_for_update())}
    for place, wish in enumerate(plan.variants):
        variant = mine.pop(wish.sku, None) or Variant(campaign_id=campaign.id, sku=wish.sku, taken=0)
        if wish.stock < variant.taken:
            raise Fault(f"variants[{place}].stock", f"{variant.taken} are already sold or on hold")
        variant.name, variant.price, variant.prices, variant.position = wish.name, wish.price, dict(wish.prices), place
        variant.stock, variant.head_start_stock = wish.stock, wish.head_start_stock
        variant.head_start_caps = dict(wish.head_start_by_tier)
        db.session.add(variant)
    for variant in mine.values():
        if db.session.scalar(select(Order.id).filter_by(variant_id=variant.id).limit(1)):
            raise Fault("variants", f"{variant.sku} was ordered, so it cannot be taken out")
        db.session.delete(variant)


def polls(campaign: Campaign, plan: Plan) -> None:
    """Matched by their number. What people have voted in keeps its number, its answers, and how many may be chosen."""
    of_file = select(Poll).where(Poll.campaign_id == campaign.id, Poll.number <= IN_THREAD)
    mine = {p.number: p for p in db.session.scalars(of_file)}
    voted = voted_in(campaign)
    questions = {p.question: p.number for p in mine.values()}
    for number, wish in enumerate(plan.polls, 1):
        poll, at = mine.pop(number, None), f"polls[{number - 1}]"
        answers = wish.options or (RATING if wish.kind == "rating" else ())
        if poll is not None and poll.id in voted:
            if asked(poll) != (wish.kind, answers):
                raise Fault(f"{at}.options", _stays(poll))
            if (poll.least, poll.most) != (wish.least, wish.most):
                raise Fault(f"{at}.choices", _stays(poll))
            if questions.get(wish.question, number) != number:  # its votes would count for another question
                raise Fault(f"{at}.question", _stays(poll))
        elif poll is not None and asked(poll) != (wish.kind, answers):
            db.session.delete(poll)
            db.session.flush()
            poll = None
        if poll is None:
            poll = Poll(campaign_id=campaign.id, number=number, kind=wish.kind)
            poll.options = [Option(position=at, text=words) for at, words in enumerate(answers, 1)]
        poll.question, poll.results, poll.least, poll.most = wish.question, wish.results, wish.least, wish.most
        db.session.add(poll)
    for poll in mine.values():
        if poll.id in voted:
            raise Fault("polls", _stays(poll))
        db.session.delete(poll)


def voted_in(campaign: Campaign) -> set[int]:
    """The ids of the polls that people have voted in."""
    votes = select(Vote.poll_id).join(Poll, Poll.id == Vote.poll_id).where(Poll.campaign_id == campaign.id)
    return set(db.session.scalars(votes.distinct()))


def _stays(poll: Poll) -> str:
    return f"people have voted in poll {poll.number}, so it stays as it is"


def prompts(campaign: Campaign, plan: Plan) -> None:
    """Matched by their words, so that what was answered keeps its row."""
    mine: dict[str, list[Prompt]] = {}
    for prompt in db.session.scalars(select(Prompt).filter_by(campaign_id=campaign.id).order_by(Prompt.position, Prompt.id)):
        mine.setdefault(prompt.text, []).append(prompt)
    for place, wish in enumerate(plan.prompts):
        prompt = mine[wish.text].pop(0) if mine.get(wish.text) else Prompt(campaign_id=campaign.id, text=wish.text)
        prompt.template, prompt.since, prompt.position = wish.template, wish.begins, place
        db.session.add(prompt)
    for row in (row for left in mine.values() for row in left):
        db.session.delete(row)
