"""A real browser without a window, where the machine has one."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from html import escape, unescape
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# The first as root in a container; the rest so that it asks the network for nothing.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars",
)  # fmt: skip
SECONDS = 120


def find() -> str:
    """Return the browser's path; empty where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def frame(page: str, *, width: int, height: int) -> str:
    """Set a page into a window of this size within another page."""
    size = f'width="{width}" height="{height}"'
    return f'<iframe {size} style="border: 0; flex: none" srcdoc="{escape(page)}"></iframe>'


def measure(page: str, script: str) -> str:
    """Load a page and return what an expression on it comes to, as text."""
    tail = f"<pre id=found></pre><script>onload = () => {{ found.textContent = {script} }}</script>"
    shown = _run(page + tail, "--virtual-time-budget=10000", "--dump-dom")
    found = re.search(r"<pre id=\"found\">(.*?)</pre>", shown, re.DOTALL)
    assert found, shown[:2000]
    return unescape(found.group(1))


def picture(page: str, *, width: int, height: int, path: Path) -> None:
    """Write down how a page looks."""
    _run(page, f"--window-size={width},{height}", f"--screenshot={path}")


def _run(page: str, *arguments: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        shown = Path(folder) / "page.html"
        shown.write_text(f"<!doctype html><meta charset=utf-8>{page}", encoding="utf-8")
        done = subprocess.run(
            [find(), *FLAGS, f"--user-data-dir={folder}/user", *arguments, shown.as_uri()],
            capture_output=True, text=True, timeout=SECONDS, check=True,
        )  # fmt: skip
    return done.stdout
