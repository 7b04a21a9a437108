"""Taking a connection over from the web server, once it has sent the headers and the first words of an answer.

The server's own socket is put on a connection to nowhere, so that whatever it does to it at the end of a request (half-close,
drain, close) is done to that one; and it is told that the client has gone, which it takes without a word.
"""

import errno
import os
import socket
import ssl
import sys

KEPT = 64 * 1024  # bytes that wait in the system; Linux takes twice that
GONE = 600  # seconds without a byte taken, after which a connection is dead: a phone that vanished says no goodbye

_nowhere: dict[int, socket.socket] = {}  # one a process


def connection(environ: dict) -> socket.socket | None:
    """The request's own connection, where it can be taken over: gunicorn's, in the clear, one request at a time."""
    sock = environ.get("gunicorn.socket")
    if not isinstance(sock, socket.socket) or isinstance(sock, ssl.SSLSocket):
        return None
    return sock if environ.get("SERVER_PROTOCOL") in ("HTTP/1.1", "HTTP/1.0") else None


def take(sock: socket.socket) -> int:
    """The connection as a descriptor of our own; the server keeps one to nowhere. Raises OSError when there is none left."""
    if os.getpid() not in _nowhere:
        _nowhere[os.getpid()] = socket.socket()
    _bound(sock)
    theirs = sock.fileno()
    ours = os.dup(theirs)
    _let_gevent_forget(theirs)
    os.dup2(_nowhere[os.getpid()].fileno(), theirs)
    return ours


def _bound(sock: socket.socket) -> None:
    """Let the system keep little for somebody who does not read, and hang up on whoever took nothing for minutes."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KEPT)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE * 1000)
    except OSError:  # no TCP: a proxy on this machine
        pass


def over() -> OSError:
    """What to raise so that the server leaves the request without a last chunk and without a line in the log."""
    return BrokenPipeError(errno.EPIPE, "somebody else goes on with this connection")


def _let_gevent_forget(fd: int) -> None:
    """Take the connection out of the event loop's epoll: closing a descriptor does not, while another one is open."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("select"):
        return
    try:
        epoll = monkey.get_original("select", "epoll")
        loop = sys.modules["gevent"].get_hub().loop
        with epoll.fromfd(os.dup(loop.fileno())) as waiting:
            waiting.unregister(fd)
    except (AttributeError, OSError):  # no epoll here, or it never waited for this one
        pass
