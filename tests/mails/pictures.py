"""Draw the pictures of emails that the docs show, on a phone and on a desk.

.venv/bin/python -m tests.emails.pictures
"""

from __future__ import annotations

import os
from pathlib import Path

import django

DOCS = Path(__file__).resolve().parents[2] / "docs"
PHONE, DESK = 360, 1200
PICTURES = {"placed.with_voucher": 750, "delayed": 560}
"""How high each picture is."""


def main() -> None:
    """Write ``docs/mail-<kind>.png``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    django.setup()
    from tests.mails import chromium
    from tests.mails.drafts import mail

    for name, height in PICTURES.items():
        page = mail(name, "en").html
        frames = [chromium.frame(page, width=each, height=height) for each in (PHONE, DESK)]
        chromium.picture(
            f'<body style="margin: 0; display: flex; gap: 8px; background: #888">{"".join(frames)}',
            width=PHONE + DESK + 8,
            height=height,
            path=DOCS / f"mail-{name.partition('.')[0]}.png",
        )


if __name__ == "__main__":
    main()
