"""What the plugin costs, as ratios measured in one run: ``python -m benchmarks``."""

from __future__ import annotations
