"""A campaign file that was sent: uploaded, or as text; a file that was chosen wins."""

from flask import request

from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_text import LARGEST


def text_sent() -> tuple[bytes, str]:
    """Its bytes, and its text as a field shows it. Raises Fault for what is larger than a campaign file can be."""
    chosen = request.files.get("file")
    if chosen is not None and chosen.filename:
        content = chosen.stream.read(LARGEST + 1)
    else:
        content = request.form.get("text", "").encode("utf-8", "replace")
    if len(content) > LARGEST:
        raise Fault("file", "is larger than a campaign file can be")
    return content, content.decode("utf-8-sig", "replace")
