"""What is charged and paid back: prices, payments and refunds follow Saleor."""

from __future__ import annotations
