"""Mail: one message to one person over SMTP, and an honest word on what became of it."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

# A List-Unsubscribe address over 78 characters is folded, and so broken, at the usual length.
POLICY = SMTP.clone(max_line_length=900)
PATIENCE = 20  # seconds a server may take for one answer


class NotAccepted(Exception):
    """The server did not take the message. `later` says that another try may succeed; `why` holds no address."""

    def __init__(self, why: str, later: bool):
        super().__init__(why)
        self.why = why
        self.later = later


class Unclear(Exception):
    """The connection broke while the server was taking the message: it may have, or not."""


@dataclass(frozen=True)
class Message:
    """What is sent. `unsubscribe` is the one-click address of a marketing letter (RFC 8058), else empty."""

    to: str
    subject: str
    text: str
    html: str
    sender_name: str
    id: str  # stable for a letter, with host, without brackets
    at: datetime
    unsubscribe: str = ""

    def rendered(self, sender: str) -> EmailMessage:
        message = EmailMessage(policy=POLICY)
        message["From"] = Address(one_line(self.sender_name), addr_spec=sender)
        message["To"] = Address(addr_spec=self.to)
        message["Subject"] = one_line(self.subject)
        message["Date"] = format_datetime(self.at)
        message["Message-ID"] = f"<{self.id}>"
        message["Auto-Submitted"] = "auto-generated"
        if self.unsubscribe:
            message["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        return message


class Post:
    """An open connection to the mail server. It opens at the first message, and again after it broke."""

    def __init__(self, mail_url: str, base_host: str):
        self.url = urlsplit(mail_url)
        self.sender = sender_of(mail_url, base_host)
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: Message) -> None:
        """Hand one message over. Raises NotAccepted or Unclear; returns only when the server has taken it."""
        try:
            content = message.rendered(self.sender)
        except (ValueError, IndexError) as fault:  # an address that no header can carry
            raise NotAccepted(f"the address cannot be written to: {type(fault).__name__}", later=False) from None
        try:
            smtp = self._open()
            _must(smtp.mail(self.sender, _options(smtp, content)), 250)
            _must(smtp.rcpt(message.to), 250, 251)
        except NotAccepted:
            self._reset()
            raise
        except (OSError, smtplib.SMTPException, UnicodeEncodeError) as fault:
            self.close()
            raise _not_accepted(fault) from None
        try:
            _must(smtp.data(content.as_bytes(policy=POLICY.clone(utf8=smtp.has_extn("smtputf8")))), 250)
        except NotAccepted:
            self._reset()
            raise
        except smtplib.SMTPDataError as fault:
            self._reset()
            raise _by_code(fault.smtp_code) from None
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            raise Unclear(type(fault).__name__) from None

    def close(self) -> None:
        """Leave the server. The next message opens a connection of its own."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        host, port = self.url.hostname or "localhost", self.url.port
        if self.url.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(host, port or 465, timeout=PATIENCE, context=ssl.create_default_context())
        else:
            smtp = smtplib.SMTP(host, port or 587, timeout=PATIENCE)
        self._smtp = smtp
        smtp.ehlo_or_helo_if_needed()
        if self.url.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if self.url.username:
            smtp.login(unquote(self.url.username), unquote(self.url.password or ""))
        return smtp

    def _reset(self) -> None:
        """Make the connection fit for the next message, or drop it."""
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.close()


@contextmanager
def post(mail_url: str, base_host: str) -> Iterator[Post]:
    """A connection to the mail server of MAIL_URL, closed at the end of the block."""
    opened = Post(mail_url, base_host)
    try:
        yield opened
    finally:
        opened.close()


def sender_of(mail_url: str, base_host: str) -> str:
    """Who letters come from: `?from=` of MAIL_URL, else its user when that is an address, else launch@ our own host."""
    url = urlsplit(mail_url)
    given = parse_qs(url.query).get("from", [""])[0] or unquote(url.username or "")
    if "@" in given:
        return one_line(given)
    host = base_host.rpartition("@")[2].partition(":")[0]
    return f"launch@{host if host.rpartition('.')[2].isalpha() else 'localhost'}"


def one_line(text: str) -> str:
    """Header text: no control characters, so that nobody's name adds a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _options(smtp: smtplib.SMTP, content: EmailMessage) -> list[str]:
    beyond = not str(content["To"]).isascii()
    return ["SMTPUTF8", "BODY=8BITMIME"] if beyond and smtp.has_extn("smtputf8") else []


def _must(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise _by_code(answer[0])


def _by_code(code: int) -> NotAccepted:
    return NotAccepted(f"the mail server answered {code}", later=not 500 <= code < 600)


def _not_accepted(fault: Exception) -> NotAccepted:
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return NotAccepted("the mail server refused our sign-in", later=True)
    if isinstance(fault, UnicodeEncodeError):
        return NotAccepted("the mail server cannot write to such an address", later=False)
    return NotAccepted(f"the mail server cannot be reached: {type(fault).__name__}", later=True)
