"""Every setting of the program, named and explained once, read from the environment (and a `.env` file) in one place."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values

from launchpad.outside import valkey


class SettingsFault(Exception):
    """A setting is missing or cannot be read; the message names it and says what to write."""


@dataclass(frozen=True)
class Settings:
    """What the environment decides. Each field is the setting of the same name in capitals."""

    data_dir: Path  # LAUNCHPAD_DATA_DIR: database, uploads, Valkey's log and the secret key live here
    database_url: str  # SQLAlchemy address; SQLite in the data folder unless given
    redis_url: str  # the embedded Valkey's socket unless given
    base_url: str  # scheme and host of every link that leaves the program, without a slash at the end
    secret_key: str  # signs sessions, forms and links; kept in the data folder unless given
    mail_url: str = "outbox:"  # outbox: | smtp://user:pass@host:port | smtps://…
    uploads_url: str = "file:"  # file: | s3://bucket?endpoint=…
    stream_limit: int = 2000  # live streams one web process serves at once; 10,000 beside a database server
    trusted_proxies: int = 0  # how many proxies in front may name the client's address
    stripe_secret_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_api_base: str = ""
    shopify_webhook_secret: str = ""
    woocommerce_webhook_secret: str = ""
    shopify_api_base: str = ""  # https://name.myshopify.com: where a Shopify store is asked for its orders
    shopify_api_token: str = ""  # of an app of the store's own that may read orders
    woocommerce_api_base: str = ""  # the address of the WordPress site
    woocommerce_api_key: str = ""  # ck_…, with the next: a key that may read
    woocommerce_api_secret: str = ""
    testing: bool = False  # only tests set this: rate limits off unless a test turns them on

    @property
    def embedded(self) -> bool:
        """True when rows live in SQLite: one machine, one web process."""
        return self.database_url.startswith("sqlite")

    @property
    def secure(self) -> bool:
        """True when people come by https, so cookies may insist on it."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def keeps_letters(self) -> bool:
        """True when letters stay in the outbox, readable by the team, and are never mailed."""
        return self.mail_url.startswith("outbox:")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; a `.env` file in the working folder fills what the environment leaves open.

        Raises SettingsFault when a setting is missing or unreadable.
        """
        if environment is None:
            environment = surroundings()

        def read(name: str, default: str = "") -> str:
            return (environment.get(name) or default).strip()

        data_dir = Path(read("LAUNCHPAD_DATA_DIR", "var")).expanduser().resolve()
        database_url = _database_url(read("DATABASE_URL"), data_dir)
        secret_key = read("SECRET_KEY")
        if not secret_key and read("DATABASE_URL"):
            raise SettingsFault("SECRET_KEY must be set when DATABASE_URL is: every host needs the same one")
        base_url = read("BASE_URL") or _running_at(data_dir) or "http://127.0.0.1:8000"
        base = _split(base_url, "BASE_URL")
        if base.scheme not in ("http", "https") or not base.netloc:
            raise SettingsFault(f"BASE_URL must look like https://launch.example.com, not {base_url!r}")
        mail_url = read("MAIL_URL", "outbox:")
        if _split(mail_url, "MAIL_URL").scheme not in ("outbox", "smtp", "smtps"):
            raise SettingsFault("MAIL_URL must begin with outbox:, smtp:// or smtps://")
        uploads_url = read("UPLOADS_URL", "file:")
        if _split(uploads_url, "UPLOADS_URL").scheme not in ("file", "s3"):
            raise SettingsFault("UPLOADS_URL must begin with file: or s3://")
        redis_url = read("REDIS_URL") or valkey.url(data_dir)
        if _split(redis_url, "REDIS_URL").scheme not in ("redis", "rediss", "unix"):
            raise SettingsFault("REDIS_URL must begin with redis://, rediss:// or unix://")
        return cls(
            data_dir=data_dir,
            database_url=database_url,
            redis_url=redis_url,
            base_url=base_url.rstrip("/"),
            secret_key=secret_key or _kept_secret(data_dir),
            mail_url=mail_url,
            uploads_url=uploads_url,
            stream_limit=_whole(read("STREAM_LIMIT", _streams(database_url)), "STREAM_LIMIT", 1, 100_000),
            trusted_proxies=_whole(read("TRUSTED_PROXIES", "0"), "TRUSTED_PROXIES", 0, 10),
            stripe_secret_key=read("STRIPE_SECRET_KEY"),
            stripe_webhook_secret=read("STRIPE_WEBHOOK_SECRET"),
            stripe_api_base=read("STRIPE_API_BASE"),
            shopify_webhook_secret=read("SHOPIFY_WEBHOOK_SECRET"),
            woocommerce_webhook_secret=read("WOOCOMMERCE_WEBHOOK_SECRET"),
            shopify_api_base=_asked(read("SHOPIFY_API_BASE"), "SHOPIFY_API_BASE"),
            shopify_api_token=_key(read("SHOPIFY_API_TOKEN"), "SHOPIFY_API_TOKEN"),
            woocommerce_api_base=_asked(read("WOOCOMMERCE_API_BASE"), "WOOCOMMERCE_API_BASE"),
            woocommerce_api_key=_key(read("WOOCOMMERCE_API_KEY"), "WOOCOMMERCE_API_KEY"),
            woocommerce_api_secret=_key(read("WOOCOMMERCE_API_SECRET"), "WOOCOMMERCE_API_SECRET"),
        )


def surroundings() -> dict[str, str]:
    """The environment, with what it leaves open filled from a `.env` file in the working folder."""
    return {**{name: value or "" for name, value in dotenv_values(".env").items()}, **os.environ}


def _database_url(given: str, data_dir: Path) -> str:
    if not given:
        return f"sqlite:///{data_dir / 'launchpad.sqlite'}"
    for short in ("postgres://", "postgresql://"):
        if given.startswith(short):
            return "postgresql+psycopg://" + given.removeprefix(short)
    if not given.startswith(("sqlite:", "postgresql+psycopg:")):
        raise SettingsFault("DATABASE_URL must begin with sqlite: or postgresql:")
    return given


def _split(given: str, name: str) -> SplitResult:
    """An address in its parts. What was given is not said again: it may hold a password."""
    try:
        parts = urlsplit(given)
        _ = parts.port  # read here, where it is a fault of the setting
    except ValueError:
        raise SettingsFault(f"{name} is no address that can be read") from None
    return parts


def _asked(given: str, name: str) -> str:
    """Where a key is sent: by https alone, but on this machine."""
    try:
        address = urlsplit(given)
        host = address.hostname
    except ValueError:
        host = None
    safe = host and (address.scheme == "https" or (address.scheme == "http" and host in ("127.0.0.1", "localhost", "::1")))
    if given and (not safe or address.query or address.fragment or address.username is not None):
        raise SettingsFault(f"{name} must look like https://shop.example.com")
    return given.rstrip("/")


def _key(given: str, name: str) -> str:
    if not (given.isascii() and given.isprintable()):
        raise SettingsFault(f"{name} holds signs that no key has")
    return given


def _streams(database_url: str) -> str:
    """How many may follow live in one process unless that is set: what a machine of either size bears."""
    return "2000" if database_url.startswith("sqlite") else "10000"


def _whole(text: str, name: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsFault(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _kept_secret(data_dir: Path) -> str:
    """The data folder's own key, made at the first need. O_EXCL settles two processes that start at once."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _running_at(data_dir: Path) -> str:
    """Where `launchpad up` on this data folder last said it answers, so that commands beside it agree on links."""
    try:
        return str(json.loads((data_dir / "up.json").read_text())["base_url"])
    except (OSError, ValueError, KeyError):
        return ""
