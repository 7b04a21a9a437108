"""The reactions there are: few, so that each says something, and each with a word for those who hear the page."""

KINDS: dict[str, str] = {
    "love": "Love it",
    "wow": "Wow",
    "same": "Me too",
    "helpful": "Helpful",
}
ICONS = {"love": "heart", "wow": "sparkles", "same": "hand", "helpful": "lightbulb"}
ON = frozenset({"update", "post", "testimonial", "milestone", "poll", "question", "event"})  # not a purchase's slim line
