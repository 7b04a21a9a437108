"""Compiled templates, kept on disk: to compile them all takes seconds, which a process that starts need not spend again."""

from contextlib import suppress
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """Keeps what Jinja made of each template in a folder. It may be thrown away at any time: what is old is not used."""

    def __init__(self, folder: Path):
        super().__init__(str(folder))
        self._folder = folder

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):  # a full disk makes pages slow, not wrong
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            super().dump_bytecode(bucket)
