"""Give every host the same face: start, ask over HTTP, look into the database, stop."""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.acceptance.documents import TOKEN_CREATE
from tests.hosts.smtp import Sink

PROJECT = Path(__file__).resolve().parents[2]
SERVE = PROJECT / "tests" / "hosts" / "harness" / "serve.py"
MAIN_PATH = "/graphql/"
PLUGIN_PATH = "/plugins/saleor.backorders/graphql/"
STAFF = "staff@example.com"
CLERK = "clerk@example.com"
PASSWORD = "password1"

Json = dict[str, Any]


class HostUnavailableError(Exception):
    """Say in one line why this host cannot be tried on this machine."""


class HostError(Exception):
    """Tell what a host process answered when it should have worked."""


def run_quietly(command: list[str], cwd: Path, env: dict[str, str]) -> None:
    """Run a command and show its output only when it fails."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        raise HostError(f"{command} failed:\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}")


class Server:
    """Own one process of a host that serves HTTP on a free loopback port."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as stream:
            self.process = subprocess.Popen(
                [*command, str(SERVE)],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                cwd=log.parent,
            )
        hello = self._hello()
        self.base = f"http://127.0.0.1:{hello['port']}"
        self.dsn: str = hello["dsn"]
        self.has_plugin: bool = hello["has_plugin"]

    def _hello(self) -> Json:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(b"READY "):
                answer: Json = json.loads(line[6:])
                return answer
        self.process.wait()
        tail = self.log.read_text(errors="replace")[-6000:]
        raise HostError(f"the host did not start:\n{tail}")

    def post(self, path: str, body: Json, token: str | None = None) -> Json:
        """Send one JSON request and return the JSON answer, whatever its HTTP status."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(  # noqa: S310
            self.base + path, json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310
                text = response.read()
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
        return self._parse(path, text)

    def _parse(self, path: str, text: bytes) -> Json:
        try:
            answer: Json = json.loads(text)
        except json.JSONDecodeError:
            raise HostError(f"{path} answered no JSON: {text[:2000]!r}") from None
        return answer

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        self.process.kill()
        self._close()

    def stop(self) -> None:
        """Ask the process to end and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._close()

    def _close(self) -> None:
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


class Host:
    """Be the host under test: subclasses say how to make its database and environment."""

    name = ""
    migrates = ""
    """What the first process tells ``migrate``, if anything."""

    def __init__(self) -> None:
        self.work = Path()
        self.post = Sink()
        """The shop's mail server."""
        self._servers: list[Server] = []
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}
        self._idle: list[psycopg.Connection[tuple[Any, ...]]] = []

    # what a host brings

    def command(self) -> list[str]:
        """Return the start of the command line: the Python that can import the host."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return the environment of the host's processes."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the database."""
        raise NotImplementedError

    def dispose(self) -> None:
        """Take the database away."""
        raise NotImplementedError

    def database_log(self) -> str:
        """Return what the database complained about."""
        raise NotImplementedError

    # life

    def start(self) -> None:
        """Bring the host up, or leave nothing behind."""
        self.work = Path(tempfile.mkdtemp(prefix=f"backorders-{self.name}-"))
        self.post.start()
        try:
            self.prepare()
            self.spawn()
            self.door("site", domain=self.server.base.removeprefix("http://"), name="Boot Shop")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every process and take the database away."""
        while self._idle:
            self._idle.pop().close()
        for server in self._servers:
            if server.process.poll() is None:
                server.stop()
        self._servers.clear()
        self.dispose()
        self.post.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def spawn(self) -> Server:
        """Start one more process of the host on the same database."""
        with self._lock:
            log = self.work / f"server-{len(self._servers)}.log"
            first = {} if self._servers else {"HOST_MIGRATE": self.migrates}
            server = Server(self.command(), {**self.environment(), **first}, log)
            self._servers.append(server)
        return server

    def through(self, server: Server) -> Self:
        """Return this host as it is seen through another of its processes."""
        twin = copy.copy(self)
        twin._servers = [server]
        return twin

    @property
    def server(self) -> Server:
        """Return the first process."""
        return self._servers[0]

    @property
    def dsn(self) -> str:
        """Return a connection string for direct connections to the host's database."""
        return self.server.dsn

    @property
    def has_plugin(self) -> bool:
        """Tell whether the host has the plugin installed."""
        return self.server.has_plugin

    # talking

    def graphql(
        self, document: str, variables: Json | None = None, token: str | None = None
    ) -> Json:
        """Run a document on the host's main API."""
        return self.server.post(MAIN_PATH, _body(document, variables), token)

    def plugin_graphql(
        self, document: str, variables: Json | None = None, token: str | None = None
    ) -> Json:
        """Run a document on the plugin's own API."""
        return self.server.post(PLUGIN_PATH, _body(document, variables), token)

    def door(self, door: str, **body: Any) -> Any:
        """Use the harness's control door, which exists in no real shop."""
        answer = self.server.post(f"/__host__/{door}", body)
        if "error" in answer:
            raise HostError(f"{door}: {answer['error']}")
        return answer["result"]

    def manage(self, name: str, *arguments: str) -> Json:
        """Run a management command; return its output and its exit status."""
        done: Json = self.door("command", name=name, arguments=arguments)
        return done

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Open a connection of one's own to the host's database."""
        return psycopg.connect(self.dsn, autocommit=True)

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement in a transaction of its own and return its rows."""
        with self._connected() as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """Lend a connection that lay idle, or a new one; one that saw an error is given up."""
        connection = self._idle.pop() if self._idle else self.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def seed(self, kind: str, **values: Any) -> Json:
        """Make one thing that a test needs."""
        made: Json = self.door("seed", kind=kind, values=values)
        return made

    def token(self, email: str, password: str) -> str:
        """Sign in once for each person and keep the token."""
        if email not in self._tokens:
            self._tokens[email] = self._sign_in(email, password)
        return self._tokens[email]

    def staff_token(self) -> str:
        """Return the token of a staff member with every permission."""
        with self._lock:
            if STAFF not in self._tokens:
                self.seed("user", email=STAFF, password=PASSWORD, staff=True, all_rights=True)
            return self.token(STAFF, PASSWORD)

    def clerk_token(self) -> str:
        """Return the token of a staff member without any permission."""
        with self._lock:
            if CLERK not in self._tokens:
                self.seed("user", email=CLERK, password=PASSWORD, staff=True)
            return self.token(CLERK, PASSWORD)

    def _sign_in(self, email: str, password: str) -> str:
        answer = self.graphql(TOKEN_CREATE, {"email": email, "password": password})
        token: str | None = answer["data"]["tokenCreate"]["token"]
        if token is None:
            raise HostError(f"{email} cannot sign in: {answer}")
        return token


def _body(document: str, variables: Json | None) -> Json:
    return {"query": document, "variables": variables or {}}
