"""Acts of the audit log in words that follow a name: "Ada moved a moment"."""

ACTS = {
    "campaign.create": "created the campaign",
    "campaign.load": "changed the campaign",
    "campaign.hero": "changed the picture",
    "campaign.hold": "put the campaign on hold",
    "campaign.release": "released the campaign",
    "milestone.move": "moved a moment",
    "milestone.open": "opened a moment by hand",
    "milestone.go": "gave a go",
    "sales.stop": "stopped sales",
    "sales.resume": "resumed sales",
    "rehearsal.copy": "copied the campaign to a rehearsal",
    "rehearsal.play": "played the rehearsal",
    "rehearsal.pause": "paused the rehearsal",
    "rehearsal.skip": "skipped to the next opening",
    "rehearsal.wipe": "wiped a rehearsal",
    "staff.add": "gave a key to the control room",
    "staff.remove": "took back a key to the control room",
    "staff.link": "made a sign-in link",
    "invite.make": "made an invite code",
    "members.load": "imported members",
    "page.write": "changed a page of the site",
    "recap.edit": "changed the recap's words",
    "recap.publish": "published the recap",
    "stock.change": "changed the stock",
    "order.cancel": "cancelled a checkout",
    "order.refund": "refunded an order",
    "idea.answer": "answered an idea",
    "idea.hide": "hid an idea",
    "idea.show": "showed an idea again",
    "story.approve": "published a story",
    "story.reject": "rejected a story",
    "story.take_down": "took a story down",
    "entry.edit": "changed an entry",
    "entry.hide": "hid an entry",
    "entry.show": "showed an entry again",
    "entry.pin": "pinned an entry",
    "entry.unpin": "unpinned an entry",
}


def act_words(act: str) -> str:
    """What was done, in words; an act without words of its own as it is called: `entry.hide`."""
    return ACTS.get(act, act.replace(".", " ").replace("_", " "))
