"""What happens to orders: the order of locks, writes and events follows Saleor."""

from __future__ import annotations
