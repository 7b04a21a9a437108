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
}


def act_words(act: str) -> str:
    """What was done, in words; an act without words of its own as it is called: `entry.hide`."""
    return ACTS.get(act, act.replace(".", " ").replace("_", " "))
