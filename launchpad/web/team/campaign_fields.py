"""A campaign as the fields of a form, named by their keys in the campaign file: `schedule.launch`, `variants[0].price`.

A form becomes the same table that a file gives, and goes the same way from there: there is one validation. What the
form has no field for (polls, live events, prompts) is taken over from the campaign as it stands.
"""

import copy
import re
from collections.abc import Mapping
from datetime import datetime

from launchpad.rules.campaign_file import Fault, unparse
from launchpad.rules.file_reading import Table
from launchpad.rules.phases import OPENED_BY
from launchpad.rules.plan import Plan, VariantPlan
from launchpad.rules.ranking import SOURCES
from launchpad.web.team import referral_fields
from launchpad.web.team.field_values import by_tier, day, major, minor, number, written

WORDS = (
    "campaign.slug", "campaign.name", "campaign.tagline", "campaign.brand", "campaign.timezone", "campaign.currency",
    "campaign.story", "campaign.membership", "waitlist.access", "waitlist.rule", "target.identity", "target.value",
    "target.behaviour.do", "target.outcome.measure", "links.support", "links.terms", "links.privacy", "links.imprint",
    "delivery.note", "delivery.shipping",
)  # fmt: skip
NUMBERS = (
    "campaign.hue", "campaign.vat", "waitlist.cap", "waitlist.wave", "waitlist.pass_hours",
    "limits.per_person", "limits.per_order", "limits.hold_minutes",
    "target.behaviour.goal", "target.outcome.goal", "thread.first_posts", "thread.slow", "thread.links",
    *(f"waitlist.points.{source}" for source in SOURCES),
)  # fmt: skip
LISTS = ("thread.hold", "thread.hide")  # words, with commas between
MOMENTS = (*(f"schedule.{name}" for name in OPENED_BY), "waitlist.closes")
_ROW = re.compile(r"(tiers|variants|referrals\.rewards)\[(\d{1,2})\]\.\w+\Z")


def fields_of(plan: Plan) -> dict[str, str]:
    """The fields of a campaign as it stands, as its form shows them."""
    table, zone = unparse(plan), plan.timezone
    fields = {key: "" if (value := _get(table, key)) is None else str(value) for key in (*WORDS, *NUMBERS)}
    fields["campaign.story"] = plan.story
    fields["waitlist.frames"] = " ".join(plan.frames)
    fields |= {key: written(_get(table, key), zone) for key in MOMENTS}
    fields |= {key: ", ".join(_get(table, key) or ()) for key in LISTS}
    fields["delivery.date"] = plan.delivery_date.isoformat() if plan.delivery_date else ""
    for n, tier in enumerate({**plan.head_start, **plan.tiers}):
        row = {"tier": tier, "name": plan.tiers.get(tier, ""), "hours": str(plan.head_start.get(tier, ""))}
        fields |= {f"tiers[{n}].{key}": value for key, value in row.items()}
    for n, variant in enumerate(plan.variants):
        fields |= {f"variants[{n}].{key}": value for key, value in _variant_fields(variant, plan.currency).items()}
    return fields | referral_fields.fields_of(plan.referrals)


def rows_of(fields: Mapping[str, str], kind: str) -> list[int]:
    """The numbers of the rows of `tiers`, `variants` or `referrals.rewards` that a form has."""
    return sorted({int(found[2]) for key in fields if (found := _ROW.match(key)) and found[1] == kind})


class Filled:
    """A form that was sent: `table` as a campaign file would hold it. Raises Fault, at the name of the field.

    `plan` is the campaign as it stands, when it is there already; `opened` the milestones that have opened.
    """

    def __init__(self, fields: Mapping[str, str], plan: Plan | None = None, opened: frozenset[str] = frozenset()):
        self.fields, self.plan, self.opened = fields, plan, opened
        self._names = {}  # keys of the table -> names of the fields, where they differ
        self.table = copy.deepcopy(unparse(plan)) if plan else {}
        for key in WORDS:
            _put(self.table, key, fields.get(key, ""))
        for key in NUMBERS:
            _put(self.table, key, number(key, fields.get(key, "")))
        for key in MOMENTS:
            _put(self.table, key, self._moment(key, fields.get(key, "")))
        for key in LISTS:
            _put(self.table, key, [word.strip() for word in fields.get(key, "").split(",") if word.strip()] or "")
        _put(self.table, "waitlist.frames", fields.get("waitlist.frames", "").replace(",", " ").split() or "")
        _put(self.table, "delivery.date", day(fields.get("delivery.date", "")))
        self._tiers()
        self._variants()
        referrals, names = referral_fields.table_of(fields, rows_of(fields, referral_fields.REWARDS))
        _put(self.table, "referrals", referrals or "")
        self._names |= names

    def field_at(self, key: str) -> str:
        """The field that a fault's key is about, or the key itself when there is none."""
        for table_key, name in self._names.items():
            if key == table_key or key.startswith((f"{table_key}.", f"{table_key}[")):
                key = name + key[len(table_key) :]
                break
        while key not in self.fields and "." in key:
            key = key.rpartition("[" if key.endswith("]") else ".")[0]
        return key

    def _moment(self, key: str, text: str):
        """A minute as the form shows it, or the very moment there is when the field was left as it was."""
        name = key.removeprefix("schedule.")
        due = None
        if self.plan:
            due = self.plan.closes if key == "waitlist.closes" else self.plan.due(name)
        same_zone = self.plan is not None and self.fields.get("campaign.timezone") == self.plan.timezone
        if due is not None and (same_zone or name in self.opened) and text == written(due, self.plan.timezone):
            return due
        try:
            return datetime.fromisoformat(text) if text else ""
        except ValueError:
            return text

    def _tiers(self) -> None:
        hours, names = {}, {}
        for n in rows_of(self.fields, "tiers"):
            row = {key: self.fields.get(f"tiers[{n}].{key}", "") for key in ("tier", "name", "hours")}
            tier = row["tier"]
            if not tier and not row["name"] and not row["hours"]:
                continue
            if not tier:
                raise Fault(f"tiers[{n}].tier", "is missing")
            if tier in hours or tier in names:
                raise Fault(f"tiers[{n}].tier", "is there twice")
            for kind, column in (("schedule.head_start", "hours"), ("tiers", "name")):
                self._names[Table({}, kind, None).at(tier)] = f"tiers[{n}].{column}"
            if row["hours"]:
                hours[tier] = number(f"tiers[{n}].hours", row["hours"])
            if row["name"]:
                names[tier] = row["name"]
        _put(self.table, "schedule.head_start", hours or "")
        _put(self.table, "tiers", names or "")

    def _variants(self) -> None:
        currency, variants = self.fields.get("campaign.currency", ""), []
        for n in rows_of(self.fields, "variants"):
            name = f"variants[{n}]"
            row = {key: self.fields.get(f"{name}.{key}", "") for key in _VARIANT}
            if not any(row.values()):
                continue
            self._names[f"variants[{len(variants)}]"] = name
            variant = {"sku": row["sku"], "name": row["name"], "price": minor(f"{name}.price", row["price"], currency)}
            variant["stock"] = number(f"{name}.stock", row["stock"])
            variant["head_start_stock"] = by_tier(f"{name}.head_start_stock", row["head_start_stock"], number)
            at = f"{name}.prices"
            variant["prices"] = by_tier(at, row["prices"], lambda key, text: minor(key, text, currency), whole=False)
            variants.append({key: value for key, value in variant.items() if value != ""})
        _put(self.table, "variants", variants or "")


_VARIANT = ("sku", "name", "price", "stock", "head_start_stock", "prices")


def _variant_fields(variant: VariantPlan, currency: str) -> dict[str, str]:
    parts, prices = variant.head_start_by_tier, variant.prices
    part = "" if variant.head_start_stock == variant.stock else str(variant.head_start_stock)  # empty: all of it may go
    return {
        "sku": variant.sku,
        "name": variant.name,
        "price": major(variant.price, currency),
        "stock": str(variant.stock),
        "head_start_stock": ", ".join(f"{t} = {n}" for t, n in parts.items()) or part,
        "prices": ", ".join(f"{t} = {major(n, currency)}" for t, n in prices.items()),
    }


def _get(table: dict, key: str):
    for part in key.split("."):
        table = table.get(part) if isinstance(table, dict) else None
    return table


def _put(table: dict, key: str, value) -> None:
    """Set a key of nested tables; an empty value takes it out, and the table around it when nothing else is in it."""
    first, _, rest = key.partition(".")
    if rest:
        inner = table.setdefault(first, {})
        _put(inner, rest, value)
        if not inner:
            del table[first]
    elif value == "":
        table.pop(first, None)
    else:
        table[first] = value
