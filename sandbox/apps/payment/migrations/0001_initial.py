from __future__ import annotations

import uuid
from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("account", "0002_initial"),
        ("app", "0001_initial"),
        ("checkout", "0003_money"),
        ("order", "0003_money"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("gateway", models.CharField(max_length=255)),
                ("is_active", models.BooleanField(default=True)),
                ("to_confirm", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("modified_at", models.DateTimeField(auto_now=True)),
                ("charge_status", models.CharField(default="not-charged", max_length=20)),
                ("token", models.CharField(default="", max_length=512)),
                (
                    "total",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "captured_amount",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                ("currency", models.CharField(max_length=3)),
                ("billing_email", models.EmailField(default="", max_length=254)),
                ("psp_reference", models.CharField(max_length=512, null=True)),
                (
                    "checkout",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payments",
                        to="checkout.checkout",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="order.order",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Transaction",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("token", models.CharField(default="", max_length=512)),
                ("kind", models.CharField(max_length=25)),
                ("is_success", models.BooleanField(default=False)),
                ("action_required", models.BooleanField(default=False)),
                ("currency", models.CharField(max_length=3)),
                (
                    "amount",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                ("error", models.TextField(null=True)),
                ("gateway_response", models.JSONField(default=dict)),
                ("already_processed", models.BooleanField(default=False)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transactions",
                        to="payment.payment",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TransactionItem",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("modified_at", models.DateTimeField(auto_now=True)),
                ("idempotency_key", models.CharField(max_length=512, null=True)),
                ("name", models.CharField(default="", max_length=512, null=True)),
                ("message", models.CharField(default="", max_length=512, null=True)),
                ("psp_reference", models.CharField(max_length=512, null=True)),
                (
                    "available_actions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=128), default=list, size=None
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "charged_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "authorized_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "refunded_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "canceled_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "refund_pending_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "charge_pending_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "authorize_pending_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                (
                    "cancel_pending_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                ("external_url", models.URLField(null=True)),
                ("app_identifier", models.CharField(max_length=256, null=True)),
                ("last_refund_success", models.BooleanField(default=True)),
                (
                    "app",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="app.app",
                    ),
                ),
                (
                    "checkout",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payment_transactions",
                        to="checkout.checkout",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_transactions",
                        to="order.order",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="account.user",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TransactionEvent",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("idempotency_key", models.CharField(max_length=512, null=True)),
                ("psp_reference", models.CharField(max_length=512, null=True)),
                ("message", models.CharField(default="", max_length=512, null=True)),
                ("external_url", models.URLField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("type", models.CharField(default="info", max_length=128)),
                (
                    "amount_value",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=20),
                ),
                ("app_identifier", models.CharField(max_length=256, null=True)),
                ("include_in_calculations", models.BooleanField(default=False)),
                (
                    "app",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="app.app",
                    ),
                ),
                (
                    "related_granted_refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="transaction_events",
                        to="order.ordergrantedrefund",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="account.user",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="payment.transactionitem",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="transactionitem",
            constraint=models.UniqueConstraint(
                fields=("app_identifier", "idempotency_key"), name="unique_transaction_idempotency"
            ),
        ),
        migrations.AddConstraint(
            model_name="transactionevent",
            constraint=models.UniqueConstraint(
                fields=("transaction_id", "idempotency_key"),
                name="unique_transaction_event_idempotency",
            ),
        ),
    ]
