from __future__ import annotations

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import sandbox.apps.order.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE order_order_number_seq AS integer",
            "DROP SEQUENCE order_order_number_seq",
        ),
        migrations.CreateModel(
            name="Fulfillment",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("fulfillment_order", models.PositiveIntegerField()),
                ("status", models.CharField(default="fulfilled", max_length=32)),
                ("tracking_number", models.CharField(default="", max_length=255)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.TextField(default="")),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                (
                    "number",
                    models.IntegerField(
                        default=sandbox.apps.order.models.next_order_number, unique=True
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("status", models.CharField(default="unfulfilled", max_length=32)),
                ("authorize_status", models.CharField(default="none", max_length=32)),
                ("charge_status", models.CharField(default="none", max_length=32)),
                ("language_code", models.CharField(default="en", max_length=35)),
                ("user_email", models.EmailField(default="", max_length=254)),
                ("origin", models.CharField(max_length=32)),
                ("currency", models.CharField(max_length=3)),
                ("shipping_method_name", models.CharField(default=None, max_length=255, null=True)),
                (
                    "collection_point_name",
                    models.CharField(default=None, max_length=255, null=True),
                ),
                (
                    "shipping_price_net_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "shipping_price_gross_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                ("checkout_token", models.CharField(max_length=36)),
                ("lines_count", models.PositiveIntegerField(default=0)),
                (
                    "total_net_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "undiscounted_total_net_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "total_gross_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "undiscounted_total_gross_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "total_charged_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "total_authorized_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "subtotal_net_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                (
                    "subtotal_gross_amount",
                    models.DecimalField(decimal_places=3, default=0, max_digits=20),
                ),
                ("customer_note", models.TextField(default="")),
                ("redirect_url", models.URLField(null=True)),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("product_name", models.CharField(max_length=386)),
                ("variant_name", models.CharField(default="", max_length=255)),
                ("translated_product_name", models.CharField(default="", max_length=386)),
                ("translated_variant_name", models.CharField(default="", max_length=255)),
                ("product_sku", models.CharField(max_length=255, null=True)),
                ("product_variant_id", models.CharField(max_length=255, null=True)),
                ("product_type_id", models.IntegerField(null=True)),
                ("is_shipping_required", models.BooleanField()),
                ("is_gift_card", models.BooleanField()),
                ("quantity", models.IntegerField()),
                ("quantity_fulfilled", models.IntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("unit_price_net_amount", models.DecimalField(decimal_places=3, max_digits=20)),
                ("unit_price_gross_amount", models.DecimalField(decimal_places=3, max_digits=20)),
                ("total_price_net_amount", models.DecimalField(decimal_places=3, max_digits=20)),
                ("total_price_gross_amount", models.DecimalField(decimal_places=3, max_digits=20)),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="FulfillmentLine",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("reason", models.TextField(default="")),
                (
                    "fulfillment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="order.fulfillment",
                    ),
                ),
            ],
        ),
    ]
