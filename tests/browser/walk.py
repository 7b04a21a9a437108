"""One person in a browser of their own, and the inspector who looks over every page they meet."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.width import beyond

PHONE = {"width": 390, "height": 844}
REFUSED = re.compile(r"status of 4\d\d")  # Chromium logs a refused form or a shut door as an error; its page is whole


class Inspector:
    """Looks at each kind of page once a phase: axe, the width, the headings; and hears every console all the time."""

    def __init__(self, script: bool, axe: bool = True):
        self.script, self.axe, self.faults, self._seen = script, axe, [], set()

    def hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not REFUSED.search(said.text) or "Content Security Policy" in said.text:
            self.faults.append(f"console: {said.text}")

    def look(self, page: Page) -> None:
        place = self._kind_of(page)
        if place in self._seen:
            return
        self._seen.add(place)
        self.faults += beyond(page)
        if page.locator("h1").count() != 1:
            self.faults.append(f"{place}: {page.locator('h1').count()} first headings")
        if self.script and self.axe:
            for fault in Axe().run(page).response["violations"]:
                self.faults.append(f"{place}: {fault['id']} {fault['nodes'][0]['html'][:200]}")

    @staticmethod
    def _kind_of(page: Page) -> tuple[str, str]:
        path = re.sub(r"\d+", "N", re.sub(r"[\w-]*\.[\w.-]{15,}|[\w-]{25,}", "TOKEN", urlsplit(page.url).path))
        return path, page.locator("body").get_attribute("data-phase") or ""


class Walker:
    """Somebody with a phone. What they press and read is looked for as a person would: by its words."""

    def __init__(self, browser: Browser, site: str, inspector: Inspector):
        self.site, self.inspector = site, inspector
        self.context = browser.new_context(
            viewport=PHONE, java_script_enabled=inspector.script, reduced_motion="reduce", color_scheme="light"
        )
        self.page = self.context.new_page()
        self.page.on("console", inspector.hear)
        self.page.on("pageerror", lambda error: inspector.faults.append(f"script: {error}"))

    def go(self, path: str, status: int = 200) -> "Walker":
        """Open an address of the site; a letter's address is one as well."""
        answer = self.page.goto(self.site + re.sub(r"^https?://[^/]+", "", path))
        answer = answer or self.page.reload()  # none when the page was just loading itself anew at that very address
        assert answer.status == status, f"{path}: {answer.status}"
        self.inspector.look(self.page)
        return self

    def press(self, words: str, within: str = "main", expecting: str | None = None) -> "Walker":
        """Press a button or follow a link, and read on once `expecting` is there."""
        button = re.compile(rf"^\s*{re.escape(words)}\s*$")
        here = self.page.locator(within)
        here.get_by_role("button", name=button).or_(here.get_by_role("link", name=button)).first.click()
        if expecting:
            self.reads(expecting)
        self.inspector.look(self.page)
        return self

    def fill(self, **fields: str) -> "Walker":
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]:visible").first.fill(value)
        return self

    def reads(self, words: str | re.Pattern) -> "Walker":
        expect(self.page.locator("body")).to_contain_text(words, timeout=20_000)
        return self

    def reads_not(self, words: str) -> "Walker":
        expect(self.page.locator("body")).not_to_contain_text(words, timeout=20_000)
        return self

    @property
    def main(self) -> str:
        return self.page.locator("main").inner_text()
