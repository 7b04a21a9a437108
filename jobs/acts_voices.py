"""Acts of the crowd with voices: members' words for the day, and the host who chooses among them and answers questions."""

import re
from html import unescape

from jobs.player import Player, known
from launchpad.rules.crowd import Act
from launchpad.rules.crowd_words import ANSWERS

APPROVE = re.compile(r'action="(/team/[^"]+/testimonials/\d+/approve)".*?name="version" value="(\d+)"', re.DOTALL)
QUESTION = re.compile(r'class="today-question">.*?<div class="said">\s*<p>(.*?)</p>.*?action="([^"]+/answer)"', re.DOTALL)


def testimonial(player: Player, act: Act) -> None:
    if known(player):
        here = f"{player.home}testimonial"
        player.browser.post(here, {"text": act.what["text"], "name": player.name, "agreed": "y"}, player.home)


def choose_testimonials(player: Player, act: Act) -> None:
    """The host takes all that wait into the queue, and spreads them over the evening."""
    if not known(player):
        return
    here = f"/team/{player.slug}/testimonials"
    waiting = APPROVE.findall(player.browser.get(here).text)
    for path, version in waiting:
        player.browser.post(path, {"version": version}, here)
    if waiting:
        player.browser.post(f"{here}/spread", {"first": act.what["first"], "last": act.what["last"]}, here)


def answer(player: Player, act: Act) -> None:
    """The host answers those of the questions on the page of the day that it knows an answer to."""
    if not known(player):
        return
    here = f"/team/{player.slug}/today"
    for words, path in QUESTION.findall(player.browser.get(here).text):
        if told := ANSWERS.get(unescape(words)):
            player.browser.post(path, {"text": told, "key": f"{act.key}-{path.split('/')[-2]}"}, here)
