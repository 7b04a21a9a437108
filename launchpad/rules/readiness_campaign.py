"""Readiness of a campaign's own words and moments: timetable, story, picture, polls, recap."""

from datetime import timedelta

from launchpad.rules.readiness_facts import GOOD, HINT, NEEDS, Facts, Item

STEPS = {"preview": "The preview", "waitlist": "The waitlist", "launch": "The launch", "recap": "The recap"}
APART = timedelta(hours=1)  # two phases closer than that leave nobody time to see the first
EARLY, LATE = 7, 23  # local hours between which doors usually open


def timetable(facts: Facts) -> Item:
    name, title, where, act = "timetable", "The timetable makes sense", "timetable", "Look at it"
    waiting = [known for known, moment in facts.openings if moment is None and known in STEPS]
    if waiting:
        return Item(name, title, HINT, f"{STEPS[waiting[0]]} waits for a go: somebody has to press it.", where, act)
    phases = sorted((moment, known) for known, moment in facts.openings if known in STEPS and moment is not None)
    for (one, first), (two, then) in zip(phases, phases[1:], strict=False):
        if two - one < APART and two > facts.moment:
            minutes = int((two - one).total_seconds() // 60)
            says = f"{STEPS[then]} opens {minutes} min after {STEPS[first].lower()}: nobody has time for it."
            return Item(name, title, NEEDS, says, where, act)
    doors = facts.at("launch")
    if doors is not None and doors > facts.moment and not EARLY <= doors.astimezone(facts.zone).hour < LATE:
        hour = doors.astimezone(facts.zone).strftime("%H:%M")
        return Item(
            name, title, HINT, f"Doors open at {hour} in {facts.zone.key}: at night, unless that is meant.", where, act
        )
    return Item(name, title, GOOD, "Phases are hours apart, and doors open by day.", where, act)


def story(facts: Facts) -> Item:
    if facts.story:
        return Item("story", "The story is told", GOOD, "Members read it on the first page.")
    says = "There is no story yet: members see a name and a line."
    return Item("story", "The story is told", NEEDS, says, "edit", "Write it")


def picture(facts: Facts) -> Item:
    title = "There is a picture"
    if not facts.hero:
        return Item("picture", title, HINT, "No picture: the page shows a poster of letters.", "edit#hero", "Add one")
    if not facts.alt:
        return Item(
            "picture", title, NEEDS, "The picture has no words for who cannot see it.", "edit#hero", "Describe it"
        )
    return Item("picture", title, GOOD, "With words for who cannot see it.")


def polls(facts: Facts) -> Item:
    name, title, where, act = "polls", "Polls can be answered", "polls", "See the polls"
    if not facts.ballots:
        return Item(
            name, title, HINT, "There is no poll: members have ideas, but nothing to decide.", "edit", "Add one"
        )
    thin = [ballot.number for ballot in facts.ballots if ballot.options < 2]
    if thin:
        return Item(name, title, NEEDS, f"Poll {thin[0]} has nothing to choose between.", "edit", "Add options")
    begins, doors, waitlist = facts.at("preview"), facts.at("launch"), facts.at("waitlist")
    for ballot in facts.ballots:
        if ballot.closes is None:
            return Item(name, title, HINT, f"Poll {ballot.number} does not close by itself.", where, act)
        if begins is not None and ballot.closes <= begins:
            return Item(
                name, title, NEEDS, f"Poll {ballot.number} closes before the preview opens.", "edit", "Move it"
            )
        if doors is not None and ballot.closes > doors:
            says = f"Poll {ballot.number} closes after the doors open: too late to matter."
            return Item(name, title, NEEDS, says, "edit", "Move it")
        if waitlist is not None and ballot.closes > waitlist:
            return Item(name, title, HINT, f"Poll {ballot.number} stays open into the waitlist.", where, act)
    return Item(name, title, GOOD, "Each has options, and closes before the waitlist opens.")


def prompts(facts: Facts) -> Item:
    if facts.prompts:
        return Item(
            "prompts", "People are asked for stories", GOOD, f"{facts.prompts} question{'s' * (facts.prompts != 1)}."
        )
    return Item(
        "prompts",
        "People are asked for stories",
        HINT,
        "No question asks for stories: few will send one.",
        "edit",
        "Ask",
    )


def recap_words(facts: Facts) -> Item:
    if facts.words:
        return Item(
            "recap", "The recap has your words", GOOD, "Publish them when the recap opens.", "recap", "Read them"
        )
    return Item(
        "recap",
        "The recap has your words",
        NEEDS,
        "The recap has numbers, but no words of yours.",
        "recap",
        "Write them",
    )
