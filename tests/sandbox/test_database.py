from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox.database import Server, parse_url

SCRIPT = """
import sys
from pathlib import Path
import psycopg
from sandbox import database
server = database.start_embedded(Path(sys.argv[1]))
with psycopg.connect(host=server.host, port=server.port or None, user=server.user,
                     dbname=database.DATABASE_NAME) as connection:
    print(connection.execute("SHOW max_connections").fetchone()[0], flush=True)
sys.stdin.readline()
"""


def start(data_dir: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    environment.pop("SANDBOX_DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def running(data_dir: Path) -> bool:
    pid_file = data_dir / "postmaster.pid"
    return pid_file.exists() and psutil.pid_exists(int(pid_file.read_text().splitlines()[0]))


def test_server__is_shared_and_stops_with_the_last_process(tmp_path: Path) -> None:
    data_dir = tmp_path / "pg"
    first = start(data_dir)
    assert read_line(first) == "200"
    second = start(data_dir)
    assert read_line(second) == "200"

    finish(first)
    assert running(data_dir)
    finish(second)
    assert not running(data_dir)


def test_server__stops_although_a_process_was_killed(tmp_path: Path) -> None:
    data_dir = tmp_path / "pg"
    first, second = start(data_dir), start(data_dir)
    assert (read_line(first), read_line(second)) == ("200", "200")

    first.kill()
    first.communicate()
    finish(second)

    assert not running(data_dir)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "postgresql://ada:p%40ss@db:5433/shop",
            Server("db", "5433", "ada", "p@ss", "shop"),
        ),
        (
            "postgresql://postgres:@/postgres?host=/run/pg",
            Server("/run/pg", "", "postgres", "", "postgres"),
        ),
    ],
)
def test_url__is_read(url: Any, server: Any) -> None:
    assert parse_url(url) == server
