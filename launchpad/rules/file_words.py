"""Keys of a campaign file in the words of its form: `variants[0].head_start_stock` is "In the head start"."""

import re

WORDS = {
    "campaign.slug": "Address",
    "campaign.name": "Name",
    "campaign.tagline": "Tagline",
    "campaign.timezone": "Time zone",
    "campaign.currency": "Currency",
    "campaign.brand": "Brand",
    "campaign.hue": "Hue of the brand’s colour",
    "campaign.story": "Story",
    "campaign.hero": "Picture",
    "campaign.hero_alt": "What the picture shows",
    "campaign.membership": "Members",
    "target.identity": "Who they are",
    "target.value": "What they get from each other",
    "target.behaviour.do": "What they do",
    "target.behaviour.goal": "How many of them",
    "target.outcome.measure": "What we measure",
    "target.outcome.goal": "Goal",
    "schedule.preview": "Preview opens",
    "schedule.waitlist": "Waitlist opens",
    "schedule.launch": "Doors open for everyone",
    "schedule.recap": "Recap",
    "schedule.archive": "Archive",
    "schedule.waits": "Waits for your go",
    "waitlist.access": "Who buys in the head start",
    "waitlist.rule": "Order of the line",
    "waitlist.cap": "Places at most",
    "waitlist.wave": "Passes a wave",
    "waitlist.pass_hours": "Hours of a pass",
    "waitlist.points.vote": "Points for a vote",
    "waitlist.points.idea": "Points for an idea",
    "waitlist.points.referral": "Points for a friend who confirms",
    "waitlist.points.referral_bought": "Points more when that friend buys",
    "waitlist.points.story": "Points for a story",
    "waitlist.closes": "The waitlist closes",
    "waitlist.frames": "Sites that may show its form",
    "launch.prequeue": "A queue before the doors",
    "launch.prequeue_minutes": "Minutes in which one may come into its draw",
    "launch.prequeue_rate": "People it lets in each minute",
    "limits.per_person": "Units a person",
    "limits.per_order": "Units an order",
    "limits.hold_minutes": "Minutes for a checkout",
    "delivery.date": "Delivered from",
    "delivery.note": "Said about the delivery",
    "delivery.shipping": "Said about shipping",
    "campaign.vat": "VAT that prices include, in percent",
    "referrals.rewards": "Rewards for friends",
    "referrals.terms": "Terms of sharing",
    "referrals.leaderboard": "Leaderboard",
    "thread.first_posts": "First posts that wait for the team",
    "thread.slow": "Seconds between two posts of one person",
    "thread.links": "Links in a post",
    "thread.hold": "Words that make a post wait",
    "thread.hide": "Words that are not shown",
    "store.provider": "Sells through",
    "store.address": "The store’s address",
    "store.products": "Products in the store",
    "store.prefix": "Codes begin with",
    "rehearsal.speed": "Speed of the rehearsal",
    "variants": "Order of what is sold",
    "variants.sku": "SKU",
    "variants.name": "Name",
    "variants.price": "Price",
    "variants.stock": "Stock",
    "variants.head_start_stock": "In the head start",
    "polls": "Order of the polls",
    "polls.question": "Question",
    "polls.options": "Answers",
    "polls.kind": "Kind",
    "polls.results": "Results are seen",
    "polls.closes": "Closes",
    "polls.choices.min": "Choices at least",
    "polls.choices.max": "Choices at most",
    "events": "Order of the live events",
    "events.title": "Title",
    "events.at": "Begins",
    "events.minutes": "Minutes",
    "events.link": "Where it is streamed",
    "events.host": "Who leads through it",
    "events.text": "What it is about",
    "prompts": "Order of the prompts",
    "prompts.text": "Prompt",
    "prompts.template": "Template",
    "prompts.from": "Asked",
}
_BY_NAME = (
    (re.compile(r"schedule\.head_start\.(.+)"), "Head start of {}, hours"),
    (re.compile(r"tiers\.(.+)"), "What {} is called"),
    (re.compile(r"links\.(.+)"), "Link: {}"),
    (re.compile(r"variants\.prices\.(.+)"), "Price for {}"),
    (re.compile(r"variants\.head_start_stock\.(.+)"), "In the head start, {}"),
)
_PLACE = re.compile(r"\[\d+\]")


def words_of(key: str) -> str:
    """What a key is called; one without words of its own says its own last parts."""
    plain = _PLACE.sub("", key)
    if plain in WORDS:
        return WORDS[plain]
    for pattern, words in _BY_NAME:
        if found := pattern.fullmatch(plain):
            return words.format(found[1].replace("_", " "))
    return plain.rpartition(".")[2].replace("_", " ").capitalize() if "." in plain else plain.capitalize()


def is_price(key: str) -> bool:
    """True where a value is an amount in minor units of the campaign's currency."""
    return bool(re.fullmatch(r"variants\.prices?(\..+)?", _PLACE.sub("", key)))
