from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.handlers.wsgi import WSGIRequest
from django.urls import resolve

MAIN = "/graphql/"
PLUGIN = "/plugins/saleor.backorders/graphql/"

Json = dict[str, Any]
Post = Callable[[str, Json, str | None], Json]


class Problem(NamedTuple):
    code: str
    message: str


class Refused(Exception):
    """The API said no."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(" ".join(problem.message for problem in problems))

    @property
    def codes(self) -> list[str]:
        """Return the codes of the refusal, in the API's order."""
        return [problem.code for problem in self.problems]


class Api:
    """Sends documents that ask for one field each, with the rights of whoever is signed in."""

    def __init__(self, post: Post, token: str | None = None) -> None:
        self._post, self._token = post, token

    def signed_in(self, token: str) -> Api:
        """Return the same API for somebody."""
        return Api(self._post, token)

    def main(self, document: str, **variables: Any) -> Any:
        """Ask the shop's API and return the field.

        :raises Refused: with the errors of the payload or of the document.
        """
        return self._ask(MAIN, document, variables)

    def plugin(self, document: str, **variables: Any) -> Any:
        """Ask the plugin's API and return the field.

        :raises Refused: with the errors of the payload or of the document.
        """
        return self._ask(PLUGIN, document, variables)

    def _ask(self, path: str, document: str, variables: Json) -> Any:
        answer = self._post(path, {"query": document, "variables": variables}, self._token)
        if answer.get("errors"):
            raise Refused([_crash(error) for error in answer["errors"]])
        (field,) = answer["data"].values()
        if isinstance(field, dict) and field.get("errors"):
            raise Refused([Problem(each["code"], each["message"]) for each in field["errors"]])
        return field


def _crash(error: Json) -> Problem:
    exception = error.get("extensions", {}).get("exception", {})
    return Problem(exception.get("code", "GRAPHQL_ERROR"), error["message"])


def over_http(base: str) -> Post:
    """Send requests to a server."""

    def post(path: str, body: Json, token: str | None) -> Json:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(  # noqa: S310  (the base is ours)
            base + path, json.dumps(body).encode(), headers
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
                text = response.read()
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
        answer: Json = json.loads(text)
        return answer

    return post


def in_process(path: str, body: Json, token: str | None) -> Json:
    """Hand a request to the view that would answer it over HTTP."""
    raw = json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(raw)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(raw),
    }
    if token:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    view = resolve(path)
    response = view.func(WSGIRequest(environ), *view.args, **view.kwargs)
    answer: Json = json.loads(response.content)
    return answer
