from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from saleor_backorders.host import get_host
from saleor_backorders.services import mend, sweep, uninstall


class Command(BaseCommand):
    help = "Look after backorders: check, repair, sync, sweep or uninstall."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check", help="Print every broken invariant; exit 1 if there is any.")
        actions.add_parser("repair", help="Put right what check finds.")
        actions.add_parser("sync", help="Resolve every policy and the warehouses' links anew.")
        actions.add_parser("sweep", help="Finish what was put off, as the background task does.")
        removal = actions.add_parser("uninstall", help="Leave the shop's tables as they were.")
        removal.add_argument(
            "--force", action="store_true", help="Let go the units that still wait."
        )

    def handle(self, *args: Any, action: str, force: bool = False, **options: Any) -> None:
        """Do the action, with the right to write."""
        actions: dict[str, Callable[[], None]] = {
            "check": self._check,
            "repair": self._repair,
            "sync": self._sync,
            "sweep": self._sweep,
            "uninstall": lambda: self._uninstall(force),
        }
        get_host().writer()(actions[action])()

    def _check(self) -> None:
        findings = mend.check()
        for found in findings:
            about = "" if found.variant_id is None else f"variant {found.variant_id}: "
            self.stdout.write(f"{found.rule}: {about}{found.detail}")
        if findings:
            raise CommandError(f"{len(findings)} findings.", returncode=1)

    def _repair(self) -> None:
        mended = mend.repair()
        self.stdout.write(
            f"Moved {mended.rows_moved} rows, knew {mended.rows_known_again} again, "
            f"resolved {mended.variants_resynced} variants anew, "
            f"rebalanced {len(mended.rebalanced)}."
        )

    def _sync(self) -> None:
        links, variants = sweep.refresh()
        self.stdout.write(f"Changed {links} links and {variants} variants.")

    def _sweep(self) -> None:
        done = sweep.sweep()
        units = sum(part.units for part in done)
        self.stdout.write(f"Rebalanced {len(done)} variants, {units} units moved.")

    def _uninstall(self, force: bool) -> None:
        try:
            released = uninstall.uninstall(force=force)
        except uninstall.UnitsStillWait as exc:
            raise CommandError(f"{exc} Serve or cancel them first, or use --force.") from exc
        for line in released:
            self.stdout.write(
                f"Order {line.order_number}: {line.units} x {line.product_name} "
                f"({line.sku or 'no SKU'}) no longer held."
            )
        self.stdout.write("Removed. Now take the package out and restart the shop.")
