from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Named as the newest of Saleor's that all supported versions have: the plugin depends on it.

    initial = True

    dependencies = [
        ("account", "0001_initial"),
        ("channel", "0001_initial"),
        ("checkout", "0001_initial"),
        ("order", "0001_initial"),
        ("product", "0001_initial"),
        ("shipping", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelWarehouse",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sort_order", models.IntegerField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channelwarehouse",
                        to="channel.channel",
                    ),
                ),
            ],
            options={
                "ordering": ["sort_order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Stock",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.IntegerField(default=0)),
                ("quantity_allocated", models.IntegerField(default=0)),
                (
                    "product_variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stocks",
                        to="product.productvariant",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity_reserved", models.PositiveIntegerField(default=0)),
                ("reserved_until", models.DateTimeField()),
                (
                    "checkout_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="checkout.checkoutline",
                    ),
                ),
                (
                    "stock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="warehouse.stock",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity_allocated", models.PositiveIntegerField(default=0)),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="order.orderline",
                    ),
                ),
                (
                    "stock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allocations",
                        to="warehouse.stock",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Warehouse",
            fields=[
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("external_reference", models.CharField(max_length=250, null=True, unique=True)),
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=250)),
                ("slug", models.SlugField(max_length=255, unique=True)),
                ("email", models.EmailField(default="", max_length=254)),
                ("click_and_collect_option", models.CharField(default="disabled", max_length=30)),
                ("is_private", models.BooleanField(default=True)),
                (
                    "address",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="account.address"
                    ),
                ),
                (
                    "channels",
                    models.ManyToManyField(
                        related_name="warehouses",
                        through="warehouse.ChannelWarehouse",
                        to="channel.channel",
                    ),
                ),
                (
                    "shipping_zones",
                    models.ManyToManyField(related_name="warehouses", to="shipping.shippingzone"),
                ),
            ],
            options={
                "ordering": ["-slug"],
            },
        ),
        migrations.AddField(
            model_name="stock",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to="warehouse.warehouse"
            ),
        ),
        migrations.AddField(
            model_name="channelwarehouse",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="channelwarehouse",
                to="warehouse.warehouse",
            ),
        ),
        migrations.AlterUniqueTogether(
            name="stock",
            unique_together={("warehouse", "product_variant")},
        ),
        migrations.AlterUniqueTogether(
            name="channelwarehouse",
            unique_together={("channel", "warehouse")},
        ),
    ]
