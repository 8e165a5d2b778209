"""What can be wrong with a request, as facts.

Services raise these; each edge turns them into its own language in one place
(``graphql/errors.py`` holds the table of codes).  Attributes carry the data, the docstring is
the message for a reader, and ``field`` names the argument at fault where there is one.
A new fact is a subclass of the kind that it belongs to; only a new kind needs a code.
"""

from __future__ import annotations

import inspect

from django.utils.translation import gettext

INT4_MAX = 2_147_483_647


class BackordersError(Exception):
    """The request cannot be carried out."""

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        self.message = message or gettext(inspect.getdoc(type(self)) or "")
        self.field = field
        super().__init__(self.message)


class InvalidValue(BackordersError):
    """This value is not allowed."""


class ValueOutOfRange(InvalidValue):
    """This number is out of range."""

    def __init__(self, *, value: int, least: int, most: int, field: str) -> None:
        self.value, self.least, self.most = value, least, most
        text = gettext("%(value)s is out of range: at least %(least)s, at most %(most)s.")
        super().__init__(text % {"value": value, "least": least, "most": most}, field=field)


class TooMany(InvalidValue):
    """More was asked than one request may hold."""

    def __init__(self, *, asked: int, most: int, field: str) -> None:
        self.asked, self.most = asked, most
        text = gettext("%(asked)s were asked; one request may hold %(most)s.")
        super().__init__(text % {"asked": asked, "most": most}, field=field)


class AlreadyCancelled(InvalidValue):
    """This backorder was cancelled."""


class NothingWaits(InvalidValue):
    """Nothing of this backorder waits any more; what has arrived is being made ready."""


class NothingToDecide(InvalidValue):
    """There is nothing to decide about this backorder."""


class NothingWasSent(InvalidValue):
    """Nothing of this backorder was sent yet."""


class RatedLongAgo(InvalidValue):
    """This was rated long ago and stays as it is."""


class NotOpen(InvalidValue):
    """This shipment is closed."""


class DearerThanAllowed(InvalidValue):
    """This costs more than what it would replace."""


class MissingValue(BackordersError):
    """This value is required."""


class MalformedId(BackordersError):
    """This is not a global ID of the expected type."""

    def __init__(self, *, value: str, expected: str, field: str) -> None:
        self.value, self.expected = value, expected
        text = gettext("Invalid ID: %(value)s. Expected: %(expected)s.")
        super().__init__(text % {"value": value, "expected": expected}, field=field)


class NotFound(BackordersError):
    """Nothing was found."""

    def __init__(self, *, kind: str, key: object, field: str) -> None:
        self.kind, self.key = kind, key
        text = gettext("%(kind)s %(key)s does not exist.")
        super().__init__(text % {"kind": kind, "key": key}, field=field)


class LinkInvalid(NotFound):
    """This link leads nowhere, or not any more."""

    def __init__(self) -> None:
        # Never why: a forged link must not be told apart from an old one.
        BackordersError.__init__(self, field="token")


class TooManyGuesses(InvalidValue):
    """Too many links that lead nowhere were tried from here."""

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        text = gettext("Too many links that lead nowhere. Try again in %(seconds)s seconds.")
        super().__init__(text % {"seconds": retry_after}, field="token")


class TooManySignUps(InvalidValue):
    """Too many sign-ups came from here."""

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        text = gettext("Too many sign-ups came from here. Try again in %(minutes)s minutes.")
        super().__init__(text % {"minutes": -(-retry_after // 60)}, field="email")


class PermissionDenied(BackordersError):
    """You have no permission to perform this action."""

    def __init__(self, *, permission: str | None = None) -> None:
        self.permission = permission
        message = None
        if permission:
            name = permission.rpartition(".")[2].upper()
            message = gettext("This needs the permission %(name)s.") % {"name": name}
        super().__init__(message)


class AlreadyFulfilled(BackordersError):
    """This backorder was fulfilled."""


class LimitExceeded(BackordersError):
    """More would wait than the limit admits."""


class NotEnoughStock(BackordersError):
    """There are not enough units for this."""


class RefundFailed(BackordersError):
    """The refund was refused; the money is still owed."""


class NobodyListens(BackordersError):
    """Nothing in this shop takes notifications: no app, no plugin."""


def check_range(value: int, *, least: int, most: int, field: str) -> int:
    """Return the value.

    :raises ValueOutOfRange: outside of ``least`` and ``most``.
    """
    if not least <= value <= most:
        raise ValueOutOfRange(value=value, least=least, most=most, field=field)
    return value


def check_length(value: str, *, most: int, field: str) -> str:
    """Return the text.

    :raises InvalidValue: longer than ``most`` characters.
    """
    if len(value) > most:
        text = gettext("At most %(most)s characters.")
        raise InvalidValue(text % {"most": most}, field=field)
    return value
