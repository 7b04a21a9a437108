"""A campaign cloned: what it is made of, at another date, under another name. Who came, bought or voted stays behind."""

from datetime import datetime

from launchpad import clock
from launchpad.database import db
from launchpad.models import Campaign, Person
from launchpad.rules import campaign_file
from launchpad.rules.campaign_file import Fault, Plan
from launchpad.rules.file_moving import moved, named
from launchpad.rules.refusals import Refusal
from launchpad.services import campaigns, plans


def plan_of_clone(
    source: Campaign, slug: str, name: str, anchor: str, to: datetime, distance: bool = False
) -> Plan:
    """What a clone of a campaign would be: see rules.file_moving for `anchor`, `to`, `distance`.

    Raises Refusal at `slug`, `name` or the anchor's field, and Fault for what cannot be at the new date.
    """
    table = campaign_file.unparse(plans.plan_of(source))
    if not name:
        raise Refusal("name", "Say what it is called.", "name")
    try:
        plan = campaign_file.parse(moved(named(table, slug, name), anchor, to, distance))
    except OverflowError:
        raise Refusal("due", "Choose a moment in the years 2000 to 2199.", "to") from None
    except Fault as fault:
        if fault.key in ("campaign.slug", "campaign.name"):
            field = fault.key.rpartition(".")[2]
            raise Refusal(field, f"{'The address' if field == 'slug' else 'The name'} {fault.message}.", field) from None
        raise
    if campaigns.by_slug(slug) is not None:
        raise Refusal("slug", f"There is a campaign at /{slug}/ already. Choose another address.", "slug")
    if min(m.due for m in plan.milestones) <= clock.now():
        raise Refusal("past", "Its first moment would lie in the past. Choose a later one: a clone begins as a draft.", "to")
    return plan


def clone(source: Campaign, plan: Plan, actor: Person | None, hero: str | None) -> Campaign:
    """Make the campaign of that plan, with `hero` as its picture: a copy of the source's, of its own. Raises Fault."""
    made = plans.load(plan, actor, act="campaign.clone", of=source)
    plans.set_hero(made, hero)
    made.hero_alt = source.hero_alt if hero else ""
    db.session.flush()
    return made
