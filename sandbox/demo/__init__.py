"""The main job as a story, each figure of it read back from the API."""

from __future__ import annotations

from sandbox.demo.run import main

__all__ = ["main"]
