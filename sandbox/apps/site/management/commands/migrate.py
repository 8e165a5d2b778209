from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the shop's tables from its models before the plugin's migrations run."""
        if not options["app_label"]:
            options["run_syncdb"] = True
        super().handle(*args, **options)
