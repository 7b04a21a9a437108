"""The camera of `make screenshots`: one page at every width in both schemes, and what somebody does on it before."""

import argparse
from collections.abc import Callable
from html import escape
from pathlib import Path

from playwright.sync_api import Error, Page

from tests.browser.width import beyond
from tests.browser.world import World

WIDTHS, SCHEMES = (390, 820, 1440), ("light", "dark")
HEIGHT, TALLEST = 844, 6000  # CSS pixels
# What stands at the window's lower edge would stand in the middle of a picture of the whole page.
UNSTUCK = """() => [...document.querySelectorAll('main *')].filter((one) => {
  const style = getComputedStyle(one);
  return ['sticky', 'fixed'].includes(style.position) && style.bottom !== 'auto';
}).forEach((one) => { one.style.position = 'static'; })"""


class Camera:
    """Takes each wanted picture of a page: it is loaded once as somebody, then seen at every width in both schemes."""

    def __init__(self, browser, site: str, world: World, wanted: argparse.Namespace, folder: Path):
        self.browser, self.site, self.world, self.wanted, self.folder = browser, site, world, wanted, folder
        self.chapter, self.taken, self.failed, self._pages = "", [], [], {}

    def page_of(self, who: int | None) -> Page:
        """The page of somebody's own browser."""
        if who not in self._pages:
            context = self.browser.new_context(
                viewport={"width": 390, "height": HEIGHT}, reduced_motion="reduce", bypass_csp=True
            )  # fmt: skip
            if who:
                cookie = {"name": "launchpad", "value": self.world.session_of(who), "url": self.site}
                context.add_cookies([cookie])
            self._pages[who] = context.new_page()
        return self._pages[who]

    def wants(self, name: str) -> bool:
        return not self.wanted.only or any(word in name for word in self.wanted.only.split(","))

    def shoot(self, name: str, path: str, who: int | None = None, before: Callable[[Page], object] | None = None) -> None:
        """`before` acts on the page that was loaded: fills in a form, opens something."""
        name = f"{self.chapter}-{name}"
        if not self.wants(name):
            return
        try:
            self._shoot(name, path, who, before)
        except Error as fault:  # the others are still worth having
            self.failed.append(name)
            print(f"{name}: {fault.message.splitlines()[0]}")

    def _shoot(self, name: str, path: str, who: int | None, before: Callable[[Page], object] | None) -> None:
        page = self.page_of(who)
        page.set_viewport_size({"width": min(self.wanted.width), "height": HEIGHT})
        page.goto(self.site + path, wait_until="load")
        if before:
            before(page)
        page.wait_for_timeout(150)
        for width in self.wanted.width:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.evaluate(UNSTUCK)
            page.evaluate("document.querySelectorAll('img, iframe').forEach((one) => { one.loading = 'eager'; })")
            page.wait_for_function("[...document.images].every((one) => one.complete)")
            for wide in beyond(page):
                print(f"{name}: {wide}")
            high = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
            for scheme in self.wanted.scheme:
                page.emulate_media(color_scheme=scheme)
                page.wait_for_timeout(250)  # colours pass over into each other
                file = self.folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": high})
                self.taken.append((name, width, scheme))
        page.goto("about:blank")

    def sheet(self) -> None:
        """The contact sheet: a row a page, a column a width and scheme."""
        names = list(dict.fromkeys(name for name, _, _ in self.taken))
        columns = [(width, scheme) for width in self.wanted.width for scheme in self.wanted.scheme]
        head = "".join(f"<th>{width} {scheme}</th>" for width, scheme in columns)
        rows = "".join(
            f"<tr><th>{escape(name)}</th>"
            + "".join(
                f'<td><a href="{name}-{w}-{s}.png"><img loading="lazy" src="{name}-{w}-{s}.png"></a></td>' for w, s in columns
            )
            + "</tr>"
            for name in names
        )
        (self.folder / "index.html").write_text(
            "<!doctype html><meta charset=utf-8><title>Contact sheet</title><style>body{font:14px system-ui}"
            "th{position:sticky;top:0;background:#fff;vertical-align:top;text-align:left}img{width:220px;max-height:420px;"
            f"object-fit:cover;object-position:top;border:1px solid #ccc}}</style><table><tr><th></th>{head}</tr>{rows}</table>"
        )


def press(*names: str) -> Callable[[Page], None]:
    """Press buttons of the main part, one after the other, without filling anything in."""

    def act(page: Page) -> None:
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        for name in names:
            page.locator("main").get_by_role("button", name=name).first.click()
            page.wait_for_load_state()

    return act


def fill_and_press(button: str, **fields: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"main [name={name}]").first.fill(value)
        press(button)(page)

    return act


def opened(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
