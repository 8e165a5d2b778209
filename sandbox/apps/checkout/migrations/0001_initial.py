from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("account", "0001_initial"),
        ("channel", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckoutLine",
            fields=[
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("quantity", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "undiscounted_unit_price_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "total_price_gross_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Checkout",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_change", models.DateTimeField(auto_now=True)),
                ("email", models.EmailField(max_length=254, null=True)),
                ("token", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("note", models.TextField(default="")),
                ("currency", models.CharField(max_length=3)),
                ("country", models.CharField(default="US", max_length=2)),
                (
                    "total_gross_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "shipping_price_gross_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                ("authorize_status", models.CharField(default="none", max_length=32)),
                ("charge_status", models.CharField(default="none", max_length=32)),
                ("redirect_url", models.URLField(null=True)),
                ("language_code", models.CharField(default="en", max_length=35)),
                (
                    "billing_address",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="account.address",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkouts",
                        to="channel.channel",
                    ),
                ),
            ],
            options={
                "ordering": ["-last_change", "pk"],
            },
        ),
    ]
