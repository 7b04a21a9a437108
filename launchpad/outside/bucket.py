"""An S3-compatible bucket of files: `s3://bucket/folder?endpoint=https://…&region=…`.

The keys of access are found by boto3's own rules.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from launchpad.outside.file_keys import Missing, ours

# Compatible stores know less of the newer checksums: send and expect only those that an operation needs.
_CONFIG = Config(
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=3,
    read_timeout=15,
    retries={"max_attempts": 3, "mode": "standard"},
)
_ABSENT = ("404", "NoSuchKey", "NotFound")


class Bucket:
    """Files in a bucket, below a folder of it. The bucket stays private: our routes read from it."""

    def __init__(self, client, name: str, folder: str = ""):
        self.client, self.name = client, name
        self.folder = f"{folder.strip('/')}/" if folder.strip("/") else ""

    @classmethod
    def at(cls, uploads_url: str) -> "Bucket":
        """The bucket of a setting's value."""
        address = urlsplit(uploads_url)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        client = boto3.client(
            "s3", endpoint_url=asked.get("endpoint"), region_name=asked.get("region", "us-east-1"), config=_CONFIG
        )
        return cls(client, address.netloc, address.path)

    def keep(self, key: str, content: bytes, content_type: str) -> None:
        with _asked():
            self.client.put_object(Bucket=self.name, Key=self._at(key), Body=content, ContentType=content_type)

    def read(self, key: str) -> bytes:
        with _asked():
            return self.client.get_object(Bucket=self.name, Key=self._at(key))["Body"].read()

    def drop(self, key: str) -> None:
        with _asked():
            self.client.delete_object(Bucket=self.name, Key=self._at(key))

    def exists(self, key: str) -> bool:
        try:
            with _asked():
                self.client.head_object(Bucket=self.name, Key=self._at(key))
        except Missing:
            return False
        return True

    def every(self) -> Iterator[tuple[str, datetime]]:
        with _asked():
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.folder):
                for row in page.get("Contents", ()):
                    yield row["Key"].removeprefix(self.folder), row["LastModified"].astimezone(UTC)

    def _at(self, key: str) -> str:
        return self.folder + ours(key)


@contextmanager
def _asked() -> Iterator[None]:
    """Say what went wrong in the terms of every other store: Missing, or an OSError."""
    try:
        yield
    except ClientError as fault:
        code = fault.response["Error"]["Code"]
        if code in _ABSENT:
            raise Missing(code) from fault
        raise OSError(f"the bucket refused: {code}") from fault
    except BotoCoreError as fault:
        raise OSError("the bucket does not answer") from fault
