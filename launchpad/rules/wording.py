"""What people agree to when they send a story, in words with a version: a consent names the words it was given to.

Whoever changes a sentence changes VERSION with it; the rows of before keep the version that was shown.
"""

VERSION = "story-1"
SITE, EMAIL, ADS = "site", "email", "ads"
SCOPES = (SITE, EMAIL, ADS)

WORDS = {
    SITE: "Show my words and photos, with my name, on this site. Needed to publish them.",
    EMAIL: "They may also appear in letters of this brand.",
    ADS: "They may also appear in advertisements of this brand.",
}
PROMISE = (
    "You made it and it stays yours. You can withdraw it at any time: it leaves the site at once. Where a photo was "
    "taken is removed from it before anyone sees it."
)


def purpose(scope: str) -> str:
    """The purpose of a consent row for a scope of a story."""
    return f"story:{scope}"
