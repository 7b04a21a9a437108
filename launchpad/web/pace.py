"""An even pace for answers that must not tell by their time whether an address is known."""

import time
from collections.abc import Callable
from functools import wraps

from flask import request

from launchpad.database import let_go
from launchpad.web.limits import actor

FLOOR = 0.4  # seconds; longer than either way of answering takes, also while a letter is being sent
BRIEF = 0.04  # the same where answers share one transaction and thousands may ask at once: see `together`


def even(view: Callable) -> Callable:
    """Answer a POST of this view no sooner than FLOOR seconds after it came. It holds no connection while it waits."""
    return _paced(view, lambda: FLOOR)


def briefly(view: Callable) -> Callable:
    """The same with BRIEF."""
    return _paced(view, lambda: BRIEF)


def _paced(view: Callable, least: Callable[[], float]) -> Callable:
    @wraps(view)
    def paced(*args, **kwargs):
        if request.method != "POST" or actor() is not None:  # the crowd of a rehearsal learns nothing by it
            return view(*args, **kwargs)
        begun = time.monotonic()
        try:
            return view(*args, **kwargs)
        finally:
            let_go()
            rest(begun, least())

    return paced


def rest(begun: float, least: float) -> None:
    """Sleep until so many seconds after that `time.monotonic()`, if they are not over."""
    if (left := least - (time.monotonic() - begun)) > 0:
        time.sleep(left)
