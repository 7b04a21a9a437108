"""The floor of a join: one validated form, one insert, one small answer. DATABASE_URL names the database."""

import os
import secrets

from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)


class Place(db.Model):
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    code: Mapped[str] = mapped_column(String(20))


with app.app_context():
    if db.engine.dialect.name == "sqlite":

        @event.listens_for(db.engine, "connect")
        def _prepare(connection, _record):
            for setting in ("busy_timeout=5000", "journal_mode=wal", "synchronous=normal"):
                connection.execute("pragma " + setting)

    try:
        db.create_all()
    except Exception:  # another process of the server was first
        pass


@app.post("/join")
def join():
    """Keep an address, and say its number."""
    place = Place(email=secrets.token_hex(8) + request.form["email"], code=secrets.token_hex(6))
    db.session.add(place)
    db.session.commit()
    return f"<p>You are number {place.id}</p>"
