"""Voucher codes of the sandbox, which keeps nothing of them but their rows."""

from __future__ import annotations

from saleor_backorders.host.vouchers import give_back
from sandbox.money.vouchers import NotApplicable as refusal  # noqa: N813  (it is what is raised)

__all__ = ["give_back", "refusal"]
