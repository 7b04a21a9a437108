"""The settings fit each other and the place where the program runs."""

import os

from flask import current_app

from launchpad.config import Settings
from launchpad.outside.files import files


def faults() -> list[str]:
    """A sentence each, naming the setting; nothing when all is well."""
    settings: Settings = current_app.extensions["settings"]
    return [*_keys(settings), *_pairs(settings), *_folder(settings), *_store()]


def _keys(settings: Settings) -> list[str]:
    if len(settings.secret_key) < 16:
        return ["SECRET_KEY is short: 16 characters at least, and random"]
    return []


def _pairs(settings: Settings) -> list[str]:
    """What is set by half."""
    if bool(settings.stripe_secret_key) != bool(settings.stripe_webhook_secret):
        return ["STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together: one of them is not set"]
    woo = settings.woocommerce_api_base, settings.woocommerce_api_key, settings.woocommerce_api_secret
    if any(woo) and not all(woo):
        return ["WOOCOMMERCE_API_BASE, WOOCOMMERCE_API_KEY and WOOCOMMERCE_API_SECRET go together: one of them is not set"]
    if bool(settings.shopify_api_base) != bool(settings.shopify_api_token):
        return ["SHOPIFY_API_BASE and SHOPIFY_API_TOKEN go together: one of them is not set"]
    return []


def _folder(settings: Settings) -> list[str]:
    folder = settings.data_dir
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return ["LAUNCHPAD_DATA_DIR cannot be written to"]
    if folder.stat().st_mode & 0o077:
        return ["LAUNCHPAD_DATA_DIR can be read by others on this machine; keys and addresses lie in it"]
    return []


def _store() -> list[str]:
    try:
        next(iter(files().every()), None)
    except OSError:
        return ["UPLOADS_URL: the store does not answer"]
    return []
