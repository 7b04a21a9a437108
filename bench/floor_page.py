"""The floor of a page: Flask answers SIZE bytes and does nothing else."""

import os

from flask import Flask

app = Flask(__name__)
BODY = "x" * int(os.environ.get("SIZE", "12000"))


@app.get("/")
def page():
    """So many bytes."""
    return BODY
