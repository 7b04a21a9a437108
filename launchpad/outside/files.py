"""Uploaded files, kept in the data folder or in an S3-compatible bucket. Their names are ours alone.

What is kept under a name never changes: a new picture has a new name.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from flask import current_app

from launchpad.outside.file_keys import Missing, is_ours, ours

__all__ = ["Disk", "Files", "Missing", "files", "of"]


class Files(Protocol):
    """Where files are kept. A `key` that is no name of ours is a ValueError; a store that fails is an OSError."""

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        """Keep the bytes under a name; they are there in full, or not at all."""

    def read(self, key: str) -> bytes:
        """The bytes under a name. Raises Missing."""

    def drop(self, key: str) -> None:
        """Let go of a file; one that is not there is gone already."""

    def exists(self, key: str) -> bool:
        """True when there is a file under that name."""

    def every(self) -> Iterator[tuple[str, datetime]]:
        """Each file's name and the real moment at which it was kept."""


class Disk:
    """A folder of this machine."""

    def __init__(self, folder: Path):
        self.folder = folder

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        """Written beside and renamed, so that a reader or a crash never meets half a file."""
        target = self.folder / ours(key)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self.folder / f".{secrets.token_hex(8)}.new"
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _settle(self.folder)

    def read(self, key: str) -> bytes:
        try:
            with open(os.open(self.folder / ours(key), os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                return file.read()
        except OSError as fault:  # not there, or a link that somebody laid: neither is a file of ours
            raise Missing(key) from fault

    def drop(self, key: str) -> None:
        (self.folder / ours(key)).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        with suppress(FileNotFoundError):
            return stat.S_ISREG(os.lstat(self.folder / ours(key)).st_mode)
        return False

    def every(self) -> Iterator[tuple[str, datetime]]:
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as found:
            for file in found:
                if is_ours(file.name) and file.is_file(follow_symlinks=False):
                    with suppress(FileNotFoundError):  # dropped while we looked
                        moment = file.stat(follow_symlinks=False).st_mtime
                        yield file.name, datetime.fromtimestamp(moment, UTC)


def _settle(folder: Path) -> None:
    """Make the rename itself last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files() -> Files:
    """The files of this app, as UPLOADS_URL says."""
    kept = current_app.extensions.get("files")
    if kept is None:
        settings = current_app.extensions["settings"]
        kept = current_app.extensions["files"] = of(settings.uploads_url, settings.data_dir)
    return kept


def of(uploads_url: str, data_dir: Path) -> Files:
    """Files at an address: `file:` in the data folder, `file:///folder` in another, `s3://bucket?endpoint=…`."""
    address = urlsplit(uploads_url)
    if address.scheme == "s3":
        from launchpad.outside.bucket import Bucket  # boto3 is heavy, and only a site that has a bucket pays for it

        return Bucket.at(uploads_url)
    return Disk(Path(address.path) if address.path else data_dir / "uploads")
