"""Jobs for the tests of the worker."""

import os
import time

from flask import current_app
from sqlalchemy import text

from launchpad.database import db


def say(key: str) -> None:
    """Use the database, then leave a note in Redis."""
    answer = db.session.execute(text("SELECT 1")).scalar_one()
    current_app.extensions["redis"].set(key, f"{answer} from {os.getpid()}")


def linger(key: str, seconds: float) -> None:
    """Say who works on it, then take long."""
    current_app.extensions["redis"].set(key, os.getpid())
    time.sleep(seconds)
