"""The wiring: the one place where settings, database, Redis, services' wakes and web modules are put together."""

import hashlib
import logging
import time
from pathlib import Path

import redis
from flask import Flask, g, request
from flask_login import LoginManager, current_user
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from jobs import queue
from launchpad import logs
from launchpad.config import Settings
from launchpad.database import db, let_go
from launchpad.models import Person
from launchpad.outside import rings
from launchpad.outside.compiled import Compiled
from launchpad.services import page_changes
from launchpad.web import (
    doorway,
    embed,
    entry_html,
    errors,
    filters,
    forms,
    join_door,
    kept_pages,
    limits,
    modules,
    permit,
    security,
    sold_out,
)
from launchpad.web.load import RowId

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
PHOTO_BYTES = 15 * 1024 * 1024  # one picture; a story holds up to four

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Settings come from the environment unless given. Raises SettingsFault."""
    settings = settings or Settings.from_environment()
    logs.configure()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SESSION_COOKIE_NAME="launchpad",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 60,
        SEND_FILE_MAX_AGE_DEFAULT=60 * 60 * 24 * 365,  # addresses of static files carry their version
        MAX_CONTENT_LENGTH=4 * PHOTO_BYTES + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=600,  # a campaign's form has six fields a variant
        RATELIMIT_STORAGE_URI=settings.redis_url.replace("unix://", "redis+unix://", 1),
        RATELIMIT_STORAGE_OPTIONS={"max_connections": settings.stream_limit + 200},  # a rush: all threads count at once
        RATELIMIT_ENABLED=not settings.testing,
        WTF_CSRF_ENABLED=False,  # web.forms checks every POST itself: a page without a session is shared and cached
    )
    app.extensions["settings"] = settings
    app.extensions["redis"] = redis.Redis.from_url(
        settings.redis_url, socket_connect_timeout=0.5, socket_timeout=2, health_check_interval=15
    )
    app.extensions["static_version"] = _static_version()
    app.extensions["wakes"] = {
        "letters": queue.letters_due,
        "timetable": queue.timetable_changed,
        "thread": rings.ring,
        "hooks": queue.hooks_arrived,
        "crowd": queue.crowd_waits,
        "passes": queue.passes_ended,
    }
    _keep_pages(app)
    app.wsgi_app = sold_out.SoldOut(app, app.wsgi_app)
    app.wsgi_app = join_door.JoinDoor(app, app.wsgi_app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)
    app.wsgi_app = embed.without_cookies(app.wsgi_app)
    app.wsgi_app = doorway.Doorway(app, app.wsgi_app)
    app.url_map.converters["int"] = RowId
    db.init_app(app)
    app.teardown_appcontext(let_go)  # before Flask-SQLAlchemy's own, which lets a fault of the server through
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    limits.limiter.init_app(app)
    _people(app)
    app.before_request(forms.check_form)
    for part in (security, errors, filters):
        part.install(app)
    _templates(app)
    _request_log(app)
    _register(app)
    return app


def _register(app: Flask) -> None:
    """Every web module, one line each."""
    for blueprint in modules.BLUEPRINTS:
        app.register_blueprint(blueprint)


def _engine_options(settings: Settings) -> dict:
    if settings.embedded:
        return {"pool_size": 40, "max_overflow": 200, "connect_args": {"check_same_thread": False, "timeout": 15}}
    # PostgreSQL allows 100 connections unless told otherwise: two web processes, workers and timekeeper must fit into that,
    # or the rush at an opening is refused by it; docs/operations.md counts for more. Who finds none free waits; each is held
    # for milliseconds.
    return {"pool_size": 20, "max_overflow": 10, "pool_pre_ping": True, "pool_timeout": 20}


def _static_version() -> str:
    """A short digest of what is served as static, so that its addresses change when it does."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()[:10]


def _people(app: Flask) -> None:
    login = LoginManager(app)
    login.session_protection = None  # sessions are ended by the person's session_key, not by a changed browser

    @login.user_loader
    def load(key: str) -> Person | None:
        identity, _, session_key = key.partition(":")
        person = db.session.get(Person, int(identity)) if identity.isdigit() else None
        return person if person and person.session_key == session_key else None


def _keep_pages(app: Flask) -> None:
    kept = app.extensions["kept_pages"] = kept_pages.KeptPages(app, app.wsgi_app)
    app.wsgi_app = kept
    page_changes.on_change(app, kept.empty)
    kept.on_first = lambda: page_changes.hear_others(app, kept.empty)


def _templates(app: Flask) -> None:
    app.jinja_env.bytecode_cache = Compiled(app.extensions["settings"].data_dir / "templates")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    asked = {"may": permit.may, "may_everywhere": permit.may_everywhere}
    parts = {"csrf": forms.csrf, "form_token": forms.token, "entry_html": entry_html.entry_html}
    app.jinja_env.globals.update(parts | asked)

    @app.context_processor
    def known() -> dict:
        return {
            "campaign": g.get("campaign"),
            "now": g.get("now"),
            "phase": g.get("phase"),
            "me": current_user,
        }


def _request_log(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()

    @app.after_request
    def end(response):
        route = str(request.url_rule) if request.url_rule else None
        logs.answered(request.method, route, response.status_code, g.get("begun", time.perf_counter()))
        return response
