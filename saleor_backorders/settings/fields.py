"""The kinds of settings: Django's form fields, for a page that sends texts and yes or no."""

from __future__ import annotations

import re
from dataclasses import Field, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

T = TypeVar("T")

# What ends a line, or what no header of a mail may hold.
ONE_LINE = RegexValidator("[\x00-\x1f\x7f-\x9f\u2028\u2029]", inverse_match=True)


class Group(StrEnum):
    """What a setting is about: the first word of its label, in the order of the Dashboard."""

    BACKORDERS = "Backorders"
    DATES = "Dates"
    DELAYS = "Delays"
    MESSAGES = "Messages"
    STAFF = "Staff"
    VOUCHERS = "Vouchers"
    BACKGROUND = "Background"


def setting(group: Group, form_field: forms.Field, *, default: T) -> T:
    """Declare a setting: an attribute of a dataclass that knows how it is shown and read."""
    form_field.label = f"{group}: {form_field.label}"
    form_field.initial = form_field.prepare_value(default)
    return field(default=default, metadata={"group": group, "form": form_field})


def declared(kind: type) -> dict[str, forms.Field]:
    """Return the settings that a dataclass declares or inherits, group by group."""
    # Sorting keeps the order of declaration within a group.
    found = sorted((each for each in fields(kind) if each.metadata), key=_group)
    return {each.name: each.metadata["form"] for each in found}


def _group(each: Field[Any]) -> int:
    return list(Group).index(each.metadata["group"])


def split(text: str) -> tuple[str, ...]:
    """Return the parts of a list that commas or new lines separate."""
    parts = (part.strip() for part in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


class Flag(forms.BooleanField):
    """Yes or no; what is neither is refused, not guessed."""

    default_error_messages = {
        "invalid_choice": forms.ChoiceField.default_error_messages["invalid_choice"]
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> bool:
        """Read yes or no."""
        said = {"true": True, "false": False}.get(str(value).strip().lower())
        if said is None:
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice", params={"value": value})
        return said


class WholeNumber(forms.IntegerField):
    """A number in plain digits; where it may be left empty, that means ``empty_value``."""

    def __init__(self, *, empty_value: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty_value = empty_value

    def to_python(self, value: Any) -> int | None:
        """Read a whole number, written in digits alone."""
        written = value.strip() if isinstance(value, str) else value
        # Django also takes "1.0", "1_000" and the digits of every script.
        if written not in self.empty_values and not re.fullmatch("-?[0-9]{1,12}", str(written)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(written)

    def clean(self, value: Any) -> int | None:
        """Let an empty field mean what it is declared to mean."""
        found: int | None = super().clean(value)
        return self.empty_value if found is None else found

    def prepare_value(self, value: Any) -> str:
        """Write a number as it is typed in."""
        return "" if value == self.empty_value else str(value)


class Amount(forms.DecimalField):
    """Money, as exactly as the database keeps it; empty is 0."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, min_value=0, max_value=1_000_000, decimal_places=3, **kwargs
        )

    def clean(self, value: Any) -> Decimal:
        """Read an amount, written in digits alone."""
        written = value.strip() if isinstance(value, str) else value
        return super().clean(written) or Decimal(0)

    def prepare_value(self, value: Any) -> str:
        """Write an amount as it is typed in."""
        return str(value)


class Line(forms.CharField):
    """One line, or nothing."""

    default_validators = [ONE_LINE]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class Address(forms.EmailField):
    """An e-mail address, or nothing."""

    default_validators = [ONE_LINE, *forms.EmailField.default_validators]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=254, **kwargs)


class Choice(forms.ChoiceField):
    """One of some words, however they are capitalised."""

    def to_python(self, value: Any) -> str:
        """Read what was written."""
        text: str = super().to_python(value)
        return text.strip().lower()


class Several(forms.Field):
    """Texts separated by commas or new lines; another field says what each of them may be."""

    def __init__(self, item: forms.Field, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.item = item

    def to_python(self, value: Any) -> tuple[str, ...]:
        """Read what was written."""
        return split(str(value))

    def validate(self, value: tuple[str, ...]) -> None:
        """Refuse the whole for what is wrong with any of them."""
        wrong = [message for part in value for message in self._wrong(part)]
        if wrong:
            raise ValidationError(wrong)

    def prepare_value(self, value: Any) -> str:
        """Write texts as they are typed in."""
        return value if isinstance(value, str) else ", ".join(value)

    def _wrong(self, part: str) -> list[str]:
        try:
            self.item.clean(part)
        except ValidationError as refused:
            return [said if part in said else f"{part}: {said}" for said in refused.messages]
        return []


class Joined(Several):
    """Several texts that are kept as one, with commas between them."""

    def clean(self, value: Any) -> str:
        """Check what was written."""
        return ", ".join(super().clean(value))
