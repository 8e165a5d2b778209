"""How the sandbox allocates, reserves and moves stock: as Saleor 3.23 does, faults included."""

from __future__ import annotations
