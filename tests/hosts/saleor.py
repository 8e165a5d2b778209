"""Run the plugin inside a real Saleor checkout, with a database of its own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hosts.base import PROJECT, Host, HostUnavailableError, run_quietly
from tests.hosts.postgres import Cluster, find_binaries

PACKAGED = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "saleor_backorders")
LENDABLE = (
    "pytest", "_pytest", "pluggy", "iniconfig", "packaging", "py", "pygments",
    "setuptools", "pkg_resources",
)  # fmt: skip
FIND_MISSING = (
    "import sys; from importlib.util import find_spec;"
    " print(*(name for name in sys.argv[1:] if find_spec(name) is None))"
)
MAKE_KEY = """
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
key = rsa.generate_private_key(65537, 2048)
print(key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption()).decode())
"""


def _cache_root() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "saleor-backorders-tests"


COMPILED = _cache_root() / "compiled"


class SaleorHost(Host):
    """Serve Saleor with the plugin's wheel beside it, the checkout left as it is."""

    name = "saleor"

    def __init__(self, root: Path, binaries: Path) -> None:
        super().__init__()
        self.root = root
        self.python = root / ".venv" / "bin" / "python"
        self.version = _version_of(root)
        self._binaries = binaries
        self._cluster: Cluster | None = None
        self._key = ""
        self.with_plugin = True

    @classmethod
    def find(cls) -> SaleorHost:
        """Return the host for the checkout of this machine, or say in one line what lacks."""
        root = Path(os.environ.get("SALEOR_ROOT") or Path.home() / "saleor")
        if not (root / "saleor" / "settings.py").is_file():
            raise HostUnavailableError(f"no Saleor at {root} (set SALEOR_ROOT to a checkout)")
        if not (root / ".venv" / "bin" / "python").exists():
            raise HostUnavailableError(f"Saleor at {root} has no .venv to run it with")
        binaries = find_binaries()
        if binaries is None:
            raise HostUnavailableError("PostgreSQL's initdb and pg_ctl are not installed")
        return cls(root.resolve(), binaries)

    def command(self) -> list[str]:
        """Return the host's own Python."""
        return [str(self.python)]

    def environment(self) -> dict[str, str]:
        """Return what Saleor reads from its environment, without Redis or a task queue."""
        assert self._cluster is not None
        return self._environment(self._cluster)

    def _environment(self, cluster: Cluster) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "saleor.settings",
            "DATABASE_URL": cluster.url("saleor"),
            "CACHE_URL": "locmem://",
            "CELERY_BROKER_URL": "",
            "DEBUG": "False",
            "SECRET_KEY": "only for tests",
            "RSA_PRIVATE_KEY": self._key,
            "ALLOWED_CLIENT_HOSTS": "localhost,127.0.0.1",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "JWT_TTL_ACCESS": "1 day",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.post.port}/",
            "DEFAULT_FROM_EMAIL": "shop@example.com",
            "ENABLE_SSL": "False",
            # The stub payment app listens here.
            "HTTP_IP_FILTER_ALLOW_LOOPBACK_IPS": "True",
            "POPULATE_DEFAULTS": "False",
            "PYTHONPATH": os.pathsep.join([str(self.work / "site"), str(self.root)]),
            # The checkout stays as it is; compiling all of Saleor takes longer than starting it.
            "PYTHONPYCACHEPREFIX": str(COMPILED),
        }

    def prepare(self) -> None:
        """Unpack the migrated database and build the plugin's wheel."""
        self._fill_gaps()
        self._key = self._ask_host(MAKE_KEY)
        archive = self._template()
        self._cluster = Cluster(self._binaries)
        self._cluster.restore(archive)
        self._cluster.start()
        if self.with_plugin:
            self._install_plugin()

    def dispose(self) -> None:
        """Stop the database and delete its files."""
        if self._cluster:
            self._cluster.remove()
            self._cluster = None
        shutil.rmtree(COMPILED / self.work.relative_to("/"), ignore_errors=True)

    def database_log(self) -> str:
        """Return what the database complained about."""
        assert self._cluster is not None
        return (self._cluster.folder / "log").read_text(errors="replace")

    def _install_plugin(self) -> None:
        wheel = build_wheel(self.work)
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(self.work / "site")
        self.migrates = "saleor_backorders"

    def _ask_host(self, script: str, *arguments: str) -> str:
        """Run a few lines in the host's Python and return what they print."""
        done = subprocess.run(
            [str(self.python), "-c", script, *arguments],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def _fill_gaps(self) -> None:
        """Lend Saleor what its own imports need and a production environment may lack.

        Saleor 3.23 imports its test fixtures at start, and so pytest; one payment library
        imports pkg_resources. All of it is pure Python that this project has anyway.
        """
        site = self.work / "site"
        site.mkdir()
        ours = Path(pytest.__file__).parents[1]
        for name in self._ask_host(FIND_MISSING, *LENDABLE).split():
            found = next(path for path in (ours / name, ours / f"{name}.py") if path.exists())
            (site / found.name).symlink_to(found)

    def _template(self) -> Path:
        """Return the archive of a migrated database, made once for each set of migrations."""
        major = self._binaries.parts[-2]
        folder = _cache_root() / f"{self.version}-{_migrations_hash(self.root)}"
        archive = folder / f"postgres-{major}.tar"
        with _only_one(folder):
            if not archive.exists():
                self._build_template(archive)
        return archive

    def _build_template(self, archive: Path) -> None:
        print(  # noqa: T201
            f"Migrating an empty database for Saleor {self.version}: a few minutes, once.",
            file=sys.stderr,
        )
        cluster = Cluster(self._binaries)
        try:
            cluster.create()
            cluster.start()
            cluster.psql("CREATE ROLE saleor LOGIN")
            cluster.psql("CREATE DATABASE saleor OWNER saleor")
            run_quietly(
                [str(self.python), "manage.py", "migrate", "--no-input"],
                cwd=self.root,
                env=self._environment(cluster),
            )
            cluster.stop()
            cluster.archive(archive)
        finally:
            cluster.remove()


def build_wheel(folder: Path) -> Path:
    """Build the project's wheel from a copy, so that nothing stale and no network gets in."""
    source = folder / "source"
    source.mkdir()
    for name in PACKAGED:
        origin = PROJECT / name
        if origin.is_dir():
            shutil.copytree(origin, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif origin.exists():
            shutil.copy(origin, source / name)
    script = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    run_quietly([sys.executable, "-c", script, str(folder)], cwd=source, env=dict(os.environ))
    return next(folder.glob("saleor_backorders-*.whl"))


def _version_of(root: Path) -> str:
    text = (root / "pyproject.toml").read_text()
    found = re.search(r'^version = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise HostUnavailableError(f"no version in {root}/pyproject.toml")
    return found.group(1)


def _migrations_hash(root: Path) -> str:
    names = sorted(str(path.relative_to(root)) for path in root.glob("saleor/*/migrations/*.py"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Let one process at a time build the template in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
