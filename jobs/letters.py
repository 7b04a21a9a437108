"""Sending letters: claim, then send, then record, one at a time, so that consent is asked right before each goes."""

import logging
import socket

from flask import current_app

from jobs import queue
from launchpad import clock
from launchpad.database import db, writing
from launchpad.models import Letter
from launchpad.outside import mail
from launchpad.services import ledger, letter_texts, mishaps

BATCH = 25  # letters a job: a worker that has to leave is soon done
KEPT_BATCH = 100  # of letters that only go into the outbox

log = logging.getLogger(__name__)


def send_due() -> int:
    """Send the letters that are due, one batch; how many were claimed. Asks for the next batch when there is more.

    Safe to run twice, and in two workers at once: only one of them claims a letter.
    """
    queue.letters_heard()
    settings = current_app.extensions["settings"]
    with writing():
        ledger.recover()
        ledger.drop_hopeless()
    kept = ledger.next_due(KEPT_BATCH, kept=True)
    away = mishaps.without_mail()
    due = ledger.next_due(KEPT_BATCH if settings.keeps_letters else BATCH, kept=False)
    db.session.rollback()
    claimed = sum(_keep(id, away) for id in kept)
    if settings.keeps_letters:
        claimed += sum(_keep(id, set()) for id in due)
    elif due:
        with mail.post(settings.mail_url, settings.host) as post:
            claimed += sum(_send(id, post) for id in due)
    if claimed:
        queue.letters_due()
    return claimed


def _keep(letter_id: int, away: set[int]) -> bool:
    """Put a letter into the outbox: claimed, written out and recorded in one transaction, since nothing leaves.

    `away`: rehearsals whose mail server is played to be down. A letter of theirs meets a connection that is refused.
    """
    refused = None
    with writing():
        letter = ledger.claim(letter_id)
        if letter is not None and (text := _written(letter)) is not None:
            if letter.campaign_id in away or letter.person.played_in in away:
                refused = _message(letter, text)
            else:
                ledger.sent(letter_id, text.subject, text.text, text.html)
    if refused is not None:
        _meet_nobody(letter_id, refused)
    return letter is not None


def _meet_nobody(letter_id: int, message: mail.Message) -> None:
    """Hand a letter to a mail server that is not there: a port of ours at which nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with mail.post(f"smtp://127.0.0.1:{nobody.getsockname()[1]}", "localhost") as post:
            try:
                post.send(message)
            except mail.NotAccepted as fault:
                with writing():
                    ledger.not_sent(letter_id, fault.why, fault.later)


def _send(letter_id: int, post: mail.Post) -> bool:
    """Send one letter. No transaction is open while the server answers."""
    with writing():
        letter = ledger.claim(letter_id)
        text = _written(letter) if letter is not None else None
        message = _message(letter, text) if text is not None else None
    if message is None:
        return letter is not None
    try:
        post.send(message)
    except mail.NotAccepted as fault:
        log.warning("a letter was not accepted", extra={"letter": letter_id, "why": fault.why, "later": fault.later})
        with writing():
            ledger.not_sent(letter_id, fault.why, fault.later)
    except mail.Unclear as fault:
        log.warning("a letter may have been sent, or not", extra={"letter": letter_id, "why": str(fault)})
        with writing():
            ledger.unclear(letter_id, f"the connection broke: {fault}")
    else:
        with writing():
            ledger.sent(letter_id, message.subject)
    return True


def _written(letter: Letter) -> letter_texts.Text | None:
    """Its text; None when there is no point in it any more, or it cannot be written out, which is recorded."""
    try:
        return letter_texts.compose(letter)
    except letter_texts.Pointless as gone:
        ledger.pointless(letter.id, str(gone))
    except Exception as fault:
        log.exception("a letter could not be written out", extra={"letter": letter.id})
        ledger.not_sent(letter.id, f"could not be written out: {type(fault).__name__}", later=True)
    return None


def _message(letter: Letter, text: letter_texts.Text) -> mail.Message:
    settings = current_app.extensions["settings"]
    return mail.Message(
        to=letter.person.email,
        subject=text.subject,
        text=text.text,
        html=text.html,
        sender_name=text.sender,
        id=letter_texts.message_id(letter, settings.host),
        at=clock.now(),
        unsubscribe=text.unsubscribe,
    )
