"""A mail server that takes everything and keeps nothing, in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator

END = b"\r\n.\r\n"


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one client until it leaves."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"DATA":
            writer.write(b"354 go ahead\r\n")
            await reader.readuntil(END)
        elif word == b"QUIT":
            break
        writer.write(b"250 OK\r\n")
    writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_talk, "127.0.0.1", 0, limit=2**22)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    async with server:
        await server.serve_forever()


@contextlib.contextmanager
def running() -> Iterator[int]:
    """Run the server; yield its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sink"], stdout=subprocess.PIPE
    ) as process:
        try:
            yield int(process.stdout.readline() if process.stdout else b"")
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve())
