"""Whether a page is wider than the window it stands in."""

from playwright.sync_api import Page

SETTLES, LOOKS = 2_000, 20  # ms, times: a window that was made smaller is laid out anew a moment later
STICKS_OUT = """() => [...document.body.querySelectorAll("*")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 4).map((one) => one.tagName + "." + (one.className.baseVal ?? one.className))"""


def beyond(page: Page) -> list[str]:
    """What keeps a page wider than its window, in words; nothing where it fits or comes to fit as it settles."""
    for _ in range(LOOKS):
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide <= 0:
            return []
        page.wait_for_timeout(SETTLES / LOOKS)
    return [f"{page.url} is wider than its window by {wide}", *page.evaluate(STICKS_OUT)]
