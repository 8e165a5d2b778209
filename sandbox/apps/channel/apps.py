from __future__ import annotations

from django.apps import AppConfig


class ChannelConfig(AppConfig):
    name = "sandbox.apps.channel"
    label = "channel"
