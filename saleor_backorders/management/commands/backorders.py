"""``manage.py backorders``: look after backorders by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from saleor_backorders import errors
from saleor_backorders.host import get_host
from saleor_backorders.notifications import delivery, preview
from saleor_backorders.notifications.emails.mail import Email, OutdatedMessage
from saleor_backorders.policies import repair, resync
from saleor_backorders.queue import uninstall


class Command(BaseCommand):
    """One command with an action each for what tasks do, and for what they do not."""

    help = "Look after backorders: check, repair, sync, sweep, deliver, preview or uninstall."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the actions."""
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check", help="Print every broken invariant; exit 1 if there is any.")
        actions.add_parser("repair", help="Put right what check finds.")
        actions.add_parser("sync", help="Resolve every policy and the warehouses' links anew.")
        actions.add_parser("sweep", help="Finish what was put off, as the background task does.")
        actions.add_parser("deliver", help="Send the messages that are due, as the task does.")
        mail = actions.add_parser("preview", help="Print a message as it would be sent now.")
        mail.add_argument("kind", help=f"One of: {', '.join(preview.KINDS)}.")
        mail.add_argument("--order", required=True, help="The order's number.")
        mail.add_argument("--language", help="Another language than the reader's.")
        mail.add_argument("--html", action="store_true", help="Print the HTML instead.")
        removal = actions.add_parser("uninstall", help="Leave the shop's tables as they were.")
        removal.add_argument(
            "--force", action="store_true", help="Let go the units that still wait."
        )

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        """Do the action, with the right to write."""
        actions: dict[str, Callable[[], None]] = {
            "check": self._check,
            "repair": self._repair,
            "sync": self._sync,
            "sweep": self._sweep,
            "deliver": self._deliver,
            "preview": lambda: self._preview(options),
            "uninstall": lambda: self._uninstall(options["force"]),
        }
        get_host().shop.writer()(actions[action])()

    def _check(self) -> None:
        findings = repair.check()
        for found in findings:
            about = "" if found.variant_id is None else f"variant {found.variant_id}: "
            self.stdout.write(f"{found.rule}: {about}{found.detail}")
        if findings:
            raise CommandError(f"{len(findings)} findings.", returncode=1)

    def _repair(self) -> None:
        repaired = repair.repair()
        self.stdout.write(
            f"Moved {repaired.rows_moved} rows, knew {repaired.rows_known_again} again, "
            f"resolved {repaired.variants_resynced} variants anew, "
            f"rebalanced {len(repaired.rebalanced)}."
        )

    def _sync(self) -> None:
        links, variants = resync.refresh()
        self.stdout.write(f"Changed {links} links and {variants} variants.")

    def _sweep(self) -> None:
        done = resync.sweep()
        units = sum(part.units for part in done)
        self.stdout.write(f"Rebalanced {len(done)} variants, {units} units moved.")

    def _deliver(self) -> None:
        done = delivery.deliver(host=get_host(), now=timezone.now())
        self.stdout.write(
            f"Sent {done.sent}, {done.skipped} no longer true, {done.later} to be tried again, "
            f"{done.refused} refused, {done.unknown} perhaps sent."
        )

    def _preview(self, options: dict[str, Any]) -> None:
        try:
            mail = preview.preview(
                host=get_host(),
                kind=options["kind"],
                order_number=options["order"],
                language=options["language"],
                now=timezone.now(),
            )
        except errors.BackordersError as wrong:
            raise CommandError(wrong.message) from wrong
        except OutdatedMessage as why:
            raise CommandError(f"This would not be sent: {why}.", returncode=1) from why
        self.stdout.write(mail.html if options["html"] else _as_mail(mail))

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


def _as_mail(mail: Email) -> str:
    headers = {
        "From": mail.sender,
        "To": ", ".join(mail.recipients),
        "Reply-To": mail.reply_to,
        "Subject": mail.subject,
        "Content-Language": mail.language,
        "List-Unsubscribe": mail.out_url and f"<{mail.out_url}>",
    }
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    return "\n".join(lines) + "\n\n" + mail.text
