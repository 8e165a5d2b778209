"""Django settings of a sandbox that never heard of the plugin."""

from __future__ import annotations

from sandbox.settings import *  # noqa: F403
from sandbox.settings import INSTALLED_APPS as ALL_APPS

INSTALLED_APPS = [app for app in ALL_APPS if app != "saleor_backorders"]
