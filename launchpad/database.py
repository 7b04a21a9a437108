"""The database: session, naming convention, column types, and the one way to write.

A GET reads in a deferred transaction. Whatever changes rows does so inside `writing()`, which commits once, at its end.
"""

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from blinker import Signal
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, ForeignKey, Integer, MetaData, String, Text, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Moment(TypeDecorator):
    """An aware moment, kept in UTC. SQLite has no zone to keep, so it is taken off on the way in and put back after."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Identity = Annotated[int, mapped_column(Integer, primary_key=True)]
When = Annotated[datetime, mapped_column(Moment)]
Word = Annotated[str, mapped_column(String(60))]
Line = Annotated[str, mapped_column(String(250))]
Words = Annotated[str, mapped_column(Text)]
Record = Annotated[dict, mapped_column(JSON)]


def to(column: str, ondelete: str = "CASCADE", **options: Any) -> Any:
    """A foreign key column. Rows of a campaign go with the campaign, so that wiping a rehearsal is one DELETE."""
    return mapped_column(ForeignKey(column, ondelete=ondelete), **options)


# --- writing -----------------------------------------------------------------------------------------------------

_writing: contextvars.ContextVar[bool] = contextvars.ContextVar("writing", default=False)
_reading_only: contextvars.ContextVar[bool] = contextvars.ContextVar("reading_only", default=False)
_touched: contextvars.ContextVar[set[str] | None] = contextvars.ContextVar("touched", default=None)
committed = Signal("after each commit of writing(), before its effects; the sender is the app, `tables` what changed")
_one_writer = threading.Lock()  # SQLite has one writer; threads queue here, fairly, instead of inside its busy loop


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction that changes rows: commits at the end of the block, rolls back on any exception.

    It ends the read transaction of the request first, so that what is decided inside is read inside. Calls given to
    `lastly` run right before the commit; calls given to `afterwards` run after it, when no lock is held any more.
    """
    if _writing.get():
        raise RuntimeError("writing() inside writing(): a route or a job commits once")
    if _reading_only.get():
        raise RuntimeError("writing() inside reading_only()")
    session = db.session()
    session.rollback()
    session.info.clear()
    sqlite = db.engine.dialect.name == "sqlite"
    with _one_writer if sqlite else nullcontext():
        marker, touching = _writing.set(True), _touched.set(tables := set())
        try:
            yield session
            for call in session.info.get("lastly", ()):
                call()
            session.commit()
            effects = session.info.get("afterwards", ())
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.clear()
            _writing.reset(marker)
            _touched.reset(touching)
    committed.send(current_app._get_current_object(), tables=tables)
    for call in effects:
        try:
            call()
        except Exception:  # the rows are safe; a job or a ring that got lost is found again by the timekeeper
            log.warning("afterwards failed", exc_info=True)


@contextmanager
def reading_only() -> Iterator[None]:
    """Whatever begins inside can only read: the database itself refuses to write, and so does `writing()`."""
    token = _reading_only.set(True)
    try:
        yield
    finally:
        _reading_only.reset(token)


def let_go(_fault: BaseException | None = None) -> None:
    """End the session and give its connection back, whatever has become of the server. `create_app` has it called at the end
    of every app context: a server that went away must not turn what was committed into an error, or end a thread for good.
    """
    try:
        db.session.remove()
    except DBAPIError:  # the connection was lost, and is not given back but dropped
        log.warning("the database went away under a session")
        with suppress(DBAPIError):
            db.session().invalidate()
        db.session.registry.clear()


def lastly(call: Callable[[], None]) -> None:
    """Run `call` as the last act before the commit of the `writing()` around this."""
    db.session().info.setdefault("lastly", []).append(call)


def afterwards(call: Callable[[], None]) -> None:
    """Run `call` after the commit of the `writing()` around this; never after a rollback. It must not touch rows."""
    db.session().info.setdefault("afterwards", []).append(call)


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    connection.isolation_level = None  # transactions are ours to begin
    for setting in ("busy_timeout=15000", "journal_mode=wal", "synchronous=normal", "foreign_keys=on", "secure_delete=on"):
        connection.execute("pragma " + setting)


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    only = _reading_only.get()
    if connection.dialect.name == "sqlite":
        if only:
            connection.info["query_only"] = True
            connection.exec_driver_sql("PRAGMA query_only=on")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")
    elif only:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


@event.listens_for(Engine, "before_execute")
def _notice(_connection: Any, statement: Any, *_more: Any) -> None:
    """Which tables the transaction changes, for whoever keeps what was read from them."""
    if getattr(statement, "is_dml", False) and (touched := _touched.get()) is not None:
        touched.add(statement.table.name)


@event.listens_for(Engine, "checkin")
def _write_again(connection: Any, record: Any) -> None:
    """SQLite's word holds for the connection, not for the transaction: it is taken back before anybody else has it."""
    if connection is not None and record.info.pop("query_only", False):
        connection.execute("PRAGMA query_only=off")
