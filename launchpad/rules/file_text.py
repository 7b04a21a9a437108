"""The bytes of a campaign file as the table they hold."""

import tomllib

from launchpad.rules.file_reading import Fault

LARGEST = 2_000_000  # bytes


def table_of(content: bytes) -> dict:
    """What tomllib reads in it, with or without a byte order mark, whatever its line ends. Raises Fault."""
    if len(content) > LARGEST:
        raise Fault("file", "is larger than a campaign file can be")
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Fault("file", f"is not TOML: {' '.join(str(error).split())}") from None
