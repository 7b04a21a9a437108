"""Somebody with a phone in one hand: every tap and every typed field of theirs is counted, and what it costs them."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.walk import PHONE, Walker

# A person's seconds, after the keystroke-level model (Card, Moran, Newell, 1980), with a thumb on glass: to find and hit a
# target, to type a character, to make up one's mind on a new page, and to read a word of its heading.
TAP, KEY, MIND, WORD = 1.5, 0.4, 1.35, 0.25


class Thumb(Walker):
    """A touch screen of 390 by 844. `seconds` is a person's time, not the machine's."""

    def __init__(self, browser, site, inspector):
        super().__init__(browser, site, inspector)
        self.context.close()
        self.context = browser.new_context(
            viewport=PHONE, java_script_enabled=inspector.script, reduced_motion="reduce", has_touch=True, is_mobile=True
        )
        self.page = self.context.new_page()
        self.page.on("console", inspector.hear)
        self.page.on("pageerror", lambda error: inspector.faults.append(f"script: {error}"))
        self.taps, self.fields, self.seconds = 0, 0, 0.0

    def follow(self, link: str) -> "Thumb":
        """Tap a link in a letter, or in somebody's message."""
        self.taps += 1
        self.seconds += TAP
        self.go(link)
        return self._looks()

    def types(self, name: str, text: str) -> "Thumb":
        field = self.page.locator(f"main [name={name}]:visible").first
        self._in_reach(field)
        field.tap()
        field.press_sequentially(text)
        self.taps, self.fields = self.taps + 1, self.fields + 1
        self.seconds += TAP + KEY * len(text)
        return self

    def taps_on(self, words: str | re.Pattern, expecting: str) -> "Thumb":
        """Tap a button of the main part, which stands in the window without scrolling, and read the next page."""
        button = self.page.locator("main").get_by_role("button", name=words).first
        self._in_reach(button)
        button.tap()
        self.taps += 1
        self.seconds += TAP
        self.reads(expecting)
        self.inspector.look(self.page)
        return self._looks()

    def _looks(self) -> "Thumb":
        self.seconds += MIND + WORD * len(self.page.locator("h1").first.inner_text().split())
        return self

    def _in_reach(self, what: Locator) -> None:
        expect(what).to_be_visible()
        box = what.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"], f"{what}: {box['y']:.0f} px down {self.page.url}"
        assert box["height"] >= 44, f"{what}: {box['height']:.0f} px high"
