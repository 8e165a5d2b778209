"""Django settings of the sandbox."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from sandbox import database

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "the sandbox holds nothing worth keeping secret"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "sandbox.urls"
WSGI_APPLICATION = "sandbox.wsgi.application"
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
USE_TZ = True
USE_I18N = True
LANGUAGES = [(code, code) for code in ("en", "de", "fr", "es", "pl")]
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
SITE_ID = 1
AUTH_USER_MODEL = "account.User"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sites",
    "django.contrib.postgres",
    *(
        f"sandbox.apps.{label}"
        for label in (
            "permission",
            "account",
            "channel",
            "product",
            "shipping",
            "warehouse",
            "checkout",
            "order",
            "site",
            "plugins",
            "app",
            "webhook",
            "payment",
            "discount",
            "tax",
        )
    ),
]
if importlib.util.find_spec("saleor_backorders.apps"):
    INSTALLED_APPS.append("saleor_backorders")

# Tables are made from the models: the shop has no past that it would have to migrate from.
MIGRATION_MODULES = {"contenttypes": None, "sites": None}
DATABASES = {
    "default": {
        "ENGINE": "sandbox.postgresql",
        "NAME": database.DATABASE_NAME,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
    }
}

SALEOR_BACKORDERS_HOST = "sandbox.host.HOST"
WEBHOOK_SYNC_TIMEOUT = 20
PLUGINS = ["saleor_backorders.plugin.BackordersPlugin"]
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {}

# Fast, since the sandbox's passwords guard nothing.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "sandbox" / "shop" / "templates"],
        "APP_DIRS": True,
    },
]
# Where a mail server or a folder is named, it gets the mails; else they stay in memory.
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ.get("SANDBOX_SMTP_PORT", "0"))
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if EMAIL_PORT:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif os.environ.get("SANDBOX_MAIL_DIR"):
    EMAIL_BACKEND = "sandbox.mail_backend.Backend"
DEFAULT_FROM_EMAIL = "shop@example.com"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
