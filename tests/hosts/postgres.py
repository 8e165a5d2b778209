"""Run a private PostgreSQL cluster from the distribution's own packages."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO, Any

SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "min_wal_size": "32MB",
    "log_min_messages": "error",
    "autovacuum_naptime": "30s",
}


def find_binaries() -> Path | None:
    """Return the folder that holds initdb and pg_ctl, the newest version first."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"),
        key=lambda path: float(path.parts[-3]),
        reverse=True,
    )
    if packaged:
        return packaged[0].parent
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else None


def _cluster_user() -> pwd.struct_passwd | None:
    """Name the user that owns the cluster, where we are root and PostgreSQL refuses root."""
    if os.getuid() != 0:
        return None
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    return users.get("postgres") or users["nobody"]


class Cluster:
    """Own one cluster in a temporary folder, reached through a Unix socket there."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.user = _cluster_user()
        self.folder = Path(tempfile.mkdtemp(prefix="backorders-pg-"))
        self.folder.chmod(0o700)
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.folder / "data"

    def url(self, database: str, user: str = "saleor") -> str:
        """Return a connection URL that psycopg and Django hosts understand."""
        socket = str(self.folder).replace("/", "%2F")
        return f"postgres://{user}@{socket}/{database}"

    def create(self) -> None:
        """Make an empty cluster, with a plain role and no superuser rights for the shop."""
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres",
                  "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = "".join(f"{name} = {value}\n" for name, value in SETTINGS.items())
        with (self.data / "postgresql.conf").open("a") as stream:
            stream.write(options)

    def restore(self, archive: Path) -> None:
        """Unpack a stopped cluster that `archive` put away."""
        with archive.open("rb") as stream:
            self._spawn(["tar", "-xf", "-"], stdin=stream)

    def archive(self, target: Path) -> None:
        """Put the stopped cluster away in one file, which appears whole or not at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        with partial.open("wb") as stream:
            self._spawn(["tar", "-cf", "-", "data"], stdout=stream)
        partial.replace(target)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"),
                  "-o", f"-k {self.folder}", "start")  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def remove(self) -> None:
        """Stop the server and delete everything that belongs to it."""
        self.stop("immediate")
        shutil.rmtree(self.folder)

    def psql(self, statement: str, database: str = "postgres") -> None:
        """Run a statement as the cluster's superuser."""
        self._run("psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder),
                  "-U", "postgres", "-d", database, "-c", statement)  # fmt: skip

    def _run(self, program: str, *arguments: str) -> None:
        self._spawn([str(self.binaries / program), *arguments], stdout=subprocess.DEVNULL)

    def _spawn(
        self,
        command: list[str],
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | int | None = None,
    ) -> None:
        as_user: dict[str, Any] = {}
        if self.user:
            as_user = {
                "user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [],
            }  # fmt: skip
        subprocess.run(command, check=True, cwd=self.folder, stdin=stdin, stdout=stdout, **as_user)
