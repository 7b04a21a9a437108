"""The host's acts on the page of the day: pin, cue a testimonial, answer or mark an answer, close the thread, ask by poll."""

from flask import g

from launchpad.models import Entry, Testimonial
from launchpad.rules import posts
from launchpad.services import questions, testimonial_acts, thread, thread_doors, thread_polls
from launchpad.web.load import row_or_404
from launchpad.web.permit import me, permit
from launchpad.web.team.frame import room, said
from launchpad.web.team.today import today_act


@room.post("/today/entries/<int:id>/<any(pin, unpin):act>", endpoint="today_pin")
@permit("thread.moderate")
def pin(id: int, act: str):
    """Keep an entry on top of the thread; a second tap lets it go back."""
    row_or_404(Entry, id)
    change = thread.pin if act == "pin" else thread.unpin
    return today_act(f"entry-{id}", f"entry-{id}", lambda: change(g.campaign, me(), row_or_404(Entry, id), "on the day"))


@room.post("/today/cue/<int:id>", endpoint="today_cue")
@permit("thread.moderate")
def cue(id: int):
    """Let the testimonial be heard that the page showed. A second tap finds it heard, and lets no other be heard."""
    row_or_404(Testimonial, id)
    text = said("version", 10)
    version = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
    return today_act(
        "cue", "testimonials", lambda: testimonial_acts.cue(g.campaign, me(), row_or_404(Testimonial, id), version)
    )


@room.post("/today/questions/<int:id>/answer", endpoint="today_answer")
@permit("thread.moderate")
def answer(id: int):
    """Say the answer; it stands inside the question at once."""
    row_or_404(Entry, id)

    def act() -> None:
        text, key = said("text", posts.LONGEST), said("key", 100) or None
        questions.answer(g.campaign, me(), row_or_404(Entry, id), text, key)

    return today_act(f"answer-{id}", "questions", act)


@room.post("/today/replies/<int:id>/<any(accept, unaccept):act>", endpoint="today_mark")
@permit("thread.moderate")
def mark(id: int, act: str):
    """What somebody replied is the answer; or is not any more."""
    reply = row_or_404(Entry, id)
    change = questions.accept if act == "accept" else questions.unaccept
    return today_act(f"answer-{reply.reply_to}", "questions", lambda: change(g.campaign, me(), row_or_404(Entry, id)))


@room.post("/today/thread/<any(close, open):act>", endpoint="today_thread")
@permit("thread.close")
def doors(act: str):
    """Close the thread for all but the team, with words that readers see at once; or open it again."""

    def close() -> None:
        thread_doors.close(g.campaign, me(), said("message"))

    return today_act("thread", "thread", close if act == "close" else lambda: thread_doors.reopen(g.campaign, me()))


@room.post("/today/poll", endpoint="today_poll")
@permit("thread.moderate")
def poll():
    """Ask something in the thread: one answer each, results to whoever has voted. A double tap is one poll."""

    def act() -> None:
        text = said("minutes", 20)
        minutes = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
        answers = [line.strip() for line in said("answers", 5000).splitlines() if line.strip()]
        question, key = said("question", 1000), said("key", 100)
        thread_polls.start(g.campaign, me(), question, answers, "single", "after_vote", minutes, key)

    return today_act("poll", "polls", act)


@room.post("/today/polls/<int:id>/close", endpoint="today_poll_close")
@permit("thread.moderate")
def close_poll(id: int):
    """End a poll before its minutes are over."""
    row_or_404(Entry, id)
    return today_act("poll", "polls", lambda: thread_polls.close(g.campaign, me(), row_or_404(Entry, id)))
