"""Entries as pages show them, rendered once for each of their versions and not once for each reader.

What a rendering depends on is its key, and it is made of nothing but what the key names: so a page of fifty entries costs
little more than one of ten, and nobody's own can get into what another reads.
"""

import threading
from collections import OrderedDict

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from launchpad.models import Campaign, Entry
from launchpad.services.beside import Beside

MOST = 3000  # renderings in a process
TEMPLATE = "thread/_entry.html"
ALIKE = frozenset(("post", "question", "update", "testimonial", "purchase", "milestone"))  # others hold what is mine, or a clock

_kept: OrderedDict[tuple, Markup] = OrderedDict()
_lock = threading.Lock()


@pass_context
def entry_html(context: Context, entry: Entry) -> Markup:
    """For templates: the entry as `thread/_entry.html` shows it here."""
    template = context.environment.get_template(TEMPLATE)
    if entry.kind not in ALIKE:
        return Markup(template.render(context.get_all(), entry=entry))
    key, values = _named(context, entry)
    with _lock:
        if (found := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return found
    made = Markup(template.render(values))
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


def _named(context: Context, entry: Entry) -> tuple[tuple, dict]:
    """What the rendering depends on, and the same as values for the template."""
    campaign, beside = context["campaign"], context.get("beside") or None
    near = [other for id in (entry.reply_to, entry.answer_id) if id and (other := (context.get("parents") or {}).get(id))]
    flags = {name: bool(context.get(name)) for name in ("moderate", "archived")}
    mine = {name: entry.id in (context.get(name) or ()) for name in ("own", "editable")}
    if beside:
        ids = {entry.id, entry.reply_to}
        beside = Beside(
            {entry.id: beside.reactions.get(entry.id, {})},
            {entry.id: beside.mine.get(entry.id, set())},
            {id: number for id, number in beside.answers.items() if id in ids},
        )
    values = {
        "campaign": campaign, "entry": entry, "parents": {other.id: other for other in near}, "beside": beside, **flags,
        **{name: {entry.id} if holds else set() for name, holds in mine.items()},
    }  # fmt: skip
    photos = tuple((photo.key, photo.alt) for photo in entry.photos)
    key = (
        *_look(campaign), _state(entry), photos, *map(_state, near), *flags.values(), *mine.values(),
        _counts(beside, entry.id) if beside else None,
    )  # fmt: skip
    return key, values


def _look(campaign: Campaign) -> tuple:
    """What of the campaign an entry shows."""
    return campaign.id, campaign.version, campaign.slug, campaign.brand, campaign.timezone, tuple(campaign.tiers.items())


def _state(entry: Entry) -> tuple:
    """What an entry is at this moment: its version says so, and what may change beside it."""
    who = entry.person and (entry.person.name, entry.person.erased_at)
    seen = entry.state, entry.held, entry.hidden_why, entry.pinned_at, entry.edited_at, entry.answer_id, entry.at
    return entry.id, entry.version, entry.kind, entry.text, tuple(entry.marks.items()), who, *seen


def _counts(beside: Beside, id: int) -> tuple:
    reactions, mine, answers = beside.reactions[id], beside.mine[id], beside.answers
    return tuple(sorted(reactions.items())), tuple(sorted(mine)), tuple(sorted(answers.items()))
