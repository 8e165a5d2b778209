"""Run a host's real Celery workers and its beat over a real broker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from tests.hosts.base import PROJECT, Host

NURSERY = PROJECT / "tests" / "hosts" / "harness" / "nursery.py"
APPS = {"saleor": "saleor.celeryconf", "sandbox": "sandbox.celery"}
SERVERS = ("valkey-server", "redis-server")


class Broker:
    """Valkey or Redis where the machine has it, else folders."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="backorders-broker-"))
        self.url = "filesystem://"
        self.options: dict[str, Any] = {
            "data_folder_in": str(self.folder), "data_folder_out": str(self.folder),
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        program = next((found for name in SERVERS if (found := shutil.which(name))), None)
        if program:
            self._serve(program)

    def _serve(self, program: str) -> None:
        place = self.folder / "socket"
        self._process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", str(place), "--save", ""],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while not place.exists():
            assert time.monotonic() < deadline, f"{program} does not start"
            time.sleep(0.05)
        self.url, self.options = f"redis+socket://{place}", {}

    def stop(self) -> None:
        """End it and forget what it held."""
        if self._process:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Workers:
    """The background processes of one host."""

    def __init__(self, host: Host, smtp_port: int, settings: dict[str, Any]) -> None:
        self.broker = Broker()
        self.folder = Path(tempfile.mkdtemp(prefix="backorders-workers-"))
        self.alive: list[int] = []
        self.killed = 0
        self._log = (self.folder / "log").open("wb")
        self._nursery = subprocess.Popen(
            [*host.command(), str(NURSERY)],
            env=self._environment(host, smtp_port, settings),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, cwd=self.folder,
        )  # fmt: skip
        self._answer("READY")

    def _environment(self, host: Host, smtp_port: int, settings: dict[str, Any]) -> dict[str, str]:
        own = host.environment()
        return {
            **own,
            "DJANGO_SETTINGS_MODULE": "host_settings",
            "HOST_HOST_SETTINGS": own["DJANGO_SETTINGS_MODULE"],
            "HOST_SETTINGS": json.dumps(
                {
                    "EMAIL_HOST": "127.0.0.1",
                    "EMAIL_PORT": smtp_port,
                    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                    "CELERY_BROKER_TRANSPORT_OPTIONS": self.broker.options,
                    **settings,
                }
            ),
            "HOST_CELERY": APPS[host.name],
            "CELERY_BROKER_URL": self.broker.url,
            "SANDBOX_BROKER_URL": self.broker.url,
            "SANDBOX_DATABASE_URL": _url(host.dsn),
            "PYTHONPATH": os.pathsep.join([str(NURSERY.parent), own["PYTHONPATH"]]),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(timeout=30)
        assert self._nursery.stdout is not None
        self._nursery.stdout.close()
        self._log.close()
        self.broker.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def beat(self) -> int:
        """Start the host's own scheduler."""
        return self._bear(f"beat --loglevel=error --schedule={self.folder}/schedule --pidfile=")

    def work(self) -> int:
        """Start one worker more."""
        child = self._bear(
            "worker --pool=solo --loglevel=error --without-gossip --without-mingle"
            f" --without-heartbeat --hostname=w{self.killed}-{len(self.alive)}@host"
        )
        self.alive.append(child)
        return child

    def kill(self, child: int) -> None:
        """End a worker as a power cut would."""
        os.kill(child, signal.SIGKILL)
        self.alive.remove(child)
        self.killed += 1

    def log(self) -> str:
        """Return what they complained about."""
        return (self.folder / "log").read_text(errors="replace")

    def _bear(self, arguments: str) -> int:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(arguments.encode() + b"\n")
        self._nursery.stdin.flush()
        return int(self._answer())

    def _answer(self, wanted: str | None = None) -> str:
        assert self._nursery.stdout is not None
        for line in self._nursery.stdout:
            text = line.decode().strip()
            if text == wanted or (wanted is None and text.isdigit()):
                return text
        raise AssertionError(f"the nursery ended: {self.log()[-4000:]}")


def _url(dsn: str) -> str:
    """Write a connection string as a URL."""
    parts = dict(part.split("=", 1) for part in dsn.split())
    return f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}"
