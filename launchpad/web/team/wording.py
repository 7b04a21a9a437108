"""Acts of the audit log in words that follow a name: "Ada moved a moment"."""

ACTS = {
    "campaign.create": "created the campaign",
    "campaign.clone": "cloned the campaign from another one",
    "campaign.load": "changed the campaign",
    "poll.make": "wrote a poll",
    "poll.edit": "changed a poll",
    "poll.move": "moved a poll up or down",
    "poll.remove": "took a poll out",
    "poll.start": "started a poll in the thread",
    "poll.close": "closed a poll in the thread",
    "prompt.make": "wrote a prompt",
    "prompt.edit": "changed a prompt",
    "prompt.move": "moved a prompt up or down",
    "prompt.remove": "took a prompt out",
    "campaign.hero": "changed the picture",
    "campaign.hold": "put the campaign on hold",
    "campaign.release": "released the campaign",
    "milestone.move": "moved a moment",
    "milestone.open": "opened a moment by hand",
    "milestone.go": "gave a go",
    "milestone.wait": "changed whether a moment waits for a go",
    "campaign.reopen": "opened launch day again",
    "event.make": "planned a live event",
    "event.edit": "changed a live event",
    "event.move": "moved a live event",
    "event.cancel": "cancelled a live event",
    "event.end": "ended a live event",
    "joins.pause": "paused new sign-ups",
    "joins.resume": "took new sign-ups again",
    "place.admitted": "let in sign-ups that looked made up",
    "place.refused": "kept out sign-ups that looked made up",
    "sales.stop": "stopped sales",
    "sales.resume": "resumed sales",
    "sales.message": "changed what visitors read while sales are stopped",
    "rehearsal.copy": "copied the campaign to a rehearsal",
    "rehearsal.play": "played the rehearsal",
    "rehearsal.pause": "paused the rehearsal",
    "rehearsal.skip": "skipped to the next opening",
    "rehearsal.wipe": "wiped a rehearsal",
    "calendar.make": "made a private calendar address",
    "calendar.renew": "made a new private calendar address",
    "calendar.drop": "took a private calendar address away",
    "staff.add": "gave a key to the control room",
    "staff.change": "changed a key to the control room",
    "staff.remove": "took back a key to the control room",
    "staff.sign_out": "signed somebody of the team out everywhere",
    "staff.link": "made a sign-in link",
    "invite.make": "made an invite code",
    "people.merge": "joined two people into one",
    "people.claim": "joined another address of theirs",
    "members.load": "imported members",
    "member.admit": "let a member in",
    "member.decline": "declined a request to become a member",
    "member.undo": "took back a decision about a request to become a member",
    "page.write": "changed a page of the site",
    "recap.edit": "changed the recap's words",
    "recap.publish": "published the recap",
    "stock.change": "changed the stock",
    "pass.release": "released a wave of passes",
    "pass.revoke": "took a pass back",
    "pass.resend": "had a pass sent again",
    "list.serve": "offered what came back to the waitlist first",
    "list.stop": "stopped offering to the waitlist first",
    "queue.set": "changed the queue before the doors",
    "queue.off": "switched the queue off",
    "order.cancel": "cancelled a checkout",
    "order.refund": "refunded an order",
    "order.refund_ask": "sent money back for an order",
    "order.confirm": "let a parked order stand",
    "order.ask": "asked the payment provider about an order",
    "store.codes": "made codes for the store",
    "store.accept": "took an order of the store as it is",
    "store.import": "took in a file of the store’s orders",
    "task.done": "did a task",
    "idea.answer": "answered an idea",
    "idea.hide": "hid an idea",
    "idea.show": "showed an idea again",
    "story.approve": "published a story",
    "story.reject": "rejected a story",
    "story.take_down": "took a story down",
    "testimonial.approve": "took a testimonial into the queue",
    "testimonial.reject": "turned a testimonial down",
    "testimonial.reset": "put a testimonial back among those that wait",
    "testimonial.move": "moved a testimonial in the queue",
    "testimonial.time": "changed when a testimonial is heard",
    "testimonial.spread": "spread the testimonials over a time",
    "testimonial.cue": "let a testimonial be heard",
    "thread.close": "closed the thread",
    "thread.message": "changed what readers see while the thread is closed",
    "thread.open": "opened the thread again",
    "inquiry.answer": "answered a private question",
    "inquiry.aside": "set a private question aside",
    "inquiry.publish": "published an answered question",
    "inquiry.unpublish": "took an answered question off the page",
    "entry.answer": "marked an answer",
    "entry.unanswer": "unmarked an answer",
    "entry.approve": "let an entry in",
    "entry.reject": "kept an entry off",
    "flag.keep": "kept what was reported",
    "moderation.undo": "took a decision back",
    "person.silence": "silenced somebody",
    "person.ban": "banned somebody",
    "person.lift": "ended a silence or ban",
    "appeal.answer": "answered an appeal",
    "thread.slow": "changed the slow mode",
    "entry.edit": "changed an entry",
    "entry.hide": "hid an entry",
    "entry.show": "showed an entry again",
    "entry.pin": "pinned an entry",
    "entry.unpin": "unpinned an entry",
}


def act_words(act: str) -> str:
    """What was done, in words; an act without words of its own as it is called: `entry.hide`."""
    return ACTS.get(act, act.replace(".", " ").replace("_", " "))


PHASES = {
    "draft": "the draft", "preview": "the preview", "waitlist": "the waitlist", "launch": "launch day",
    "recap": "the recap", "archived": "the archive",
}  # fmt: skip

# By milestone: what moving it is to people, what they should know of it, what opening it now is.
_WORDS = {
    "preview": ("Move the preview", "Members see it from then on.", "Open the preview now"),
    "waitlist": ("Extend the preview until…", "The preview lasts until the waitlist opens.", "End the preview now"),
    "launch": (
        "Move the doors",
        "The waitlist lasts until then. Head starts that have not begun move along; one that has begun lasts until then.",
        "End the waitlist now",
    ),
    "recap": ("Extend launch day until…", "Launch day lasts until the recap opens.", "End launch day now"),
    "archive": ("Extend the sale until…", "Buying and stories end with the archive.", "End the recap now"),
    "head": (
        "Move the head start",
        "24 to 48 whole hours before the doors: these are the hours people are promised.",
        "Open the head start now",
    ),
    "poll": ("Keep the poll open until…", "Votes can be changed until then.", "Close the poll now"),
    "event": ("Move it", "", "Begin now"),
}


def _words_of(name: str) -> tuple[str, str, str]:
    return _WORDS.get(name.partition("-")[0].partition("_")[0], ("Move it", "", "Open it now"))


def move_words(name: str) -> str:
    """What moving a milestone is called: for the recap, "Extend launch day until…"."""
    return _words_of(name)[0]


def move_hint(name: str) -> str:
    """What to know before moving it; may be empty."""
    return _words_of(name)[1]


def end_words(name: str) -> str:
    """What opening a milestone now is called: for the recap, "End launch day now"."""
    return _words_of(name)[2]
