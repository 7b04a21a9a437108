"""A child that runs a function of ours in a copy of this process, seen like a `subprocess.Popen`.

For several children of one large program: it is loaded once, and a new child is there at once.
"""

import contextlib
import os
import signal
import time
import traceback
from collections.abc import Callable


class Forked:
    """`run` in a process that leads a session of its own, with the usual answers to signals."""

    def __init__(self, run: Callable[[], None]) -> None:
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    signal.signal(each, signal.SIG_DFL)
                os.setsid()
                run()
                code = 0
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
            except BaseException:  # nothing may return into the parent's copy of the stack
                traceback.print_exc()
            finally:
                os._exit(code)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, seconds: float = float("inf")) -> int | None:
        """As `poll`, after waiting up to so many seconds."""
        until = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        return self.returncode

    def terminate(self) -> None:
        """SIGTERM, if it still lives."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
