# ruff: noqa: DJ008  (columns are nullable where Saleor's are)
from __future__ import annotations

import uuid

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils import timezone

from sandbox.apps.permission.models import Permission


class Address(models.Model):
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    first_name = models.CharField(max_length=256)
    last_name = models.CharField(max_length=256)
    company_name = models.CharField(max_length=256)
    street_address_1 = models.CharField(max_length=256)
    street_address_2 = models.CharField(max_length=256)
    city = models.CharField(max_length=256)
    city_area = models.CharField(max_length=128)
    postal_code = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    country_area = models.CharField(max_length=128)
    phone = models.CharField(max_length=128, default="")

    class Meta:
        ordering = ["pk"]


class User(models.Model):
    is_superuser = models.BooleanField(default=False)
    private_metadata = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    password = models.CharField(max_length=128)
    email = models.EmailField(max_length=254, unique=True)
    first_name = models.CharField(max_length=256)
    last_name = models.CharField(max_length=256)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_confirmed = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    default_shipping_address = models.ForeignKey(
        "Address", on_delete=models.SET_NULL, related_name="+", null=True
    )
    default_billing_address = models.ForeignKey(
        "Address", on_delete=models.SET_NULL, related_name="+", null=True
    )
    language_code = models.CharField(max_length=35, default="en")
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    number_of_orders = models.PositiveIntegerField(default=0)
    user_permissions = models.ManyToManyField("permission.Permission", related_name="user_set")

    # Django asks these of a user model.
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    is_anonymous = False
    is_authenticated = True

    class Meta:
        ordering = ["email"]

    def __str__(self) -> str:
        return self.email

    def set_password(self, password: str) -> None:
        """Store a password's hash; the caller saves."""
        self.password = make_password(password)

    def check_password(self, password: str) -> bool:
        """Tell whether this is the user's password."""
        return check_password(password, self.password)

    def permission_names(self) -> frozenset[str]:
        """Return the permissions held, named as ``app_label.codename``."""
        if not (self.is_active and self.is_staff):
            return frozenset()
        held = Permission.objects.all() if self.is_superuser else self.user_permissions.all()
        pairs = held.values_list("content_type__app_label", "codename")
        return frozenset(f"{label}.{codename}" for label, codename in pairs)
