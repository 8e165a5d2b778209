"""What is installed holds everything that is here: templates, languages, statements, schema."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.hosts.base import PROJECT
from tests.hosts.saleor import build_wheel


def test_wheel__holds_every_file_of_the_package(tmp_path: Path) -> None:
    package = PROJECT / "saleor_backorders"
    here = {
        path.relative_to(PROJECT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(build_wheel(tmp_path)) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("saleor_backorders/")}

    assert packed == here
    assert "saleor_backorders/locale/pl/LC_MESSAGES/django.mo" in packed
    assert "saleor_backorders/templates/saleor_backorders/mail/layout.txt" in packed
