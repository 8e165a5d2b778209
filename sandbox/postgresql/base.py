from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from sandbox import database


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL whose host is unknown until somebody connects.

    Importing the settings must not start a server: type checkers and ``makemigrations`` import
    them too.
    """

    def get_connection_params(self) -> dict[str, Any]:
        server = database.ensure_server()
        self.settings_dict.update(
            HOST=server.host, PORT=server.port, USER=server.user, PASSWORD=server.password
        )
        return super().get_connection_params()
