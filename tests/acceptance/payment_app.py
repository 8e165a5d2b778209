"""Be a payment app: answer refund requests in every way that real ones do, and count the money."""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections import defaultdict
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.hosts.base import Host, Json

ACCEPT = "accept"
REFUSE = "refuse"
PENDING = "pending"
"""Takes note; the money moves when the test lets the app report it."""
TIMEOUT = "timeout"
"""Pays, and hangs up without a word."""
EARLY = "early"
"""Pays, reports it, and then answers the request, too."""
HANG = "hang"
"""Pays, and says nothing until the test lets it go; then hangs up."""
REFUSAL = "The card has expired."

TRANSACTION_EVENT_REPORT = """
mutation TransactionEventReport(
  $token: UUID!, $type: TransactionEventTypeEnum!, $amount: PositiveDecimal!, $psp: String!
) {
  transactionEventReport(token: $token, type: $type, amount: $amount, pspReference: $psp) {
    alreadyProcessed
    transactionEvent { id type pspReference }
    errors { field message code }
  }
}
"""


class PaymentApp:
    """Answer a shop's refund requests like an app that keeps its idempotency keys."""

    def __init__(self) -> None:
        self.mode = ACCEPT
        self.keys: list[str] = []
        """Of every request that came, in order."""
        self.paid: dict[str, Decimal] = defaultdict(Decimal)
        """What really moved, by the transaction's token."""
        self.heard = threading.Event()
        """A request has come while it hangs."""
        self.let_go = threading.Event()
        self._answers: dict[str, Json] = {}
        self._lock = threading.Lock()
        self._host: Host | None = None
        self._token = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    @property
    def url(self) -> str:
        """Return where the app listens."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def install(self, host: Host) -> Json:
        """Become an app of a shop."""
        made = host.seed("payment_app", url=self.url)
        self._host, self._token = host, made["token"]
        return made

    def total(self) -> Decimal:
        """Return all that moved."""
        return sum(self.paid.values(), Decimal(0))

    def settle(self) -> list[Json]:
        """Pay and report whatever is pending."""
        waiting = [answer for answer in self._answers.values() if "result" not in answer]
        for answer in waiting:
            self._pay(answer)
        return [self._report(answer) for answer in waiting]

    def repeat(self) -> list[Json]:
        """Report every success once more."""
        done = [a for a in self._answers.values() if a.get("result") == "REFUND_SUCCESS"]
        return [self._report(answer) for answer in done]

    def answer(self, request: Json) -> Json | None:
        """Return the answer to a request, or nothing where the app hangs up."""
        key = _key_of(request)
        with self._lock:
            self.keys.append(key)
            known = self._answers.get(key)
            answer = known or self._decide(key, request)
        if self.mode == HANG:
            self.heard.set()
            self.let_go.wait()
            return None
        if self.mode == EARLY and known is None:
            self._report(answer)
        if self.mode == TIMEOUT:
            return None
        return {name: value for name, value in answer.items() if name != "token"}

    def _decide(self, key: str, request: Json) -> Json:
        answer = {
            "pspReference": uuid.uuid4().hex,
            "amount": request["action"]["amount"],
            "token": request["transaction"]["token"],
        }
        if self.mode == REFUSE:
            answer.update(result="REFUND_FAILURE", message=REFUSAL)
        elif self.mode != PENDING:
            self._pay(answer)
        self._answers[key] = answer
        return answer

    def _pay(self, answer: Json) -> None:
        answer["result"] = "REFUND_SUCCESS"
        self.paid[answer["token"]] += Decimal(str(answer["amount"]))

    def _report(self, answer: Json) -> Json:
        assert self._host is not None
        response = self._host.graphql(
            TRANSACTION_EVENT_REPORT,
            {
                "token": answer["token"],
                "type": answer["result"],
                "amount": answer["amount"],
                "psp": answer["pspReference"],
            },
            self._token,
        )
        assert "errors" not in response, response
        payload: Json = response["data"]["transactionEventReport"]
        assert not payload["errors"], payload
        return payload


def _key_of(request: Json) -> str:
    """Return the idempotency key of the refund that is asked for now: the last of its grant."""
    events = request["grantedRefund"]["transactionEvents"]
    asked = [event for event in events if event["type"] == "REFUND_REQUEST"]
    key: str = max(asked, key=lambda event: str(event["createdAt"]))["idempotencyKey"]
    return key


def _handler(app: PaymentApp) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body: Any = self.rfile.read(int(self.headers["Content-Length"]))
            answer = app.answer(json.loads(body))
            if answer is None:
                self.close_connection = True
                return
            text = json.dumps(answer).encode()
            with contextlib.suppress(ConnectionError):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    return Handler
