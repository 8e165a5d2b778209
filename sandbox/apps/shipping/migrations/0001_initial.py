from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import sandbox.apps.shipping.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channel", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ShippingMethod",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("name", models.CharField(max_length=100)),
                ("type", models.CharField(max_length=30)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ShippingMethodChannelListing",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("price_amount", models.DecimalField(decimal_places=3, default=0, max_digits=20)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shipping_method_listings",
                        to="channel.channel",
                    ),
                ),
                (
                    "shipping_method",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channel_listings",
                        to="shipping.shippingmethod",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="ShippingZone",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("name", models.CharField(max_length=100)),
                (
                    "countries",
                    sandbox.apps.shipping.models.CountriesField(blank=True, max_length=752),
                ),
                ("default", models.BooleanField(default=False)),
                ("description", models.TextField(blank=True)),
                (
                    "channels",
                    models.ManyToManyField(related_name="shipping_zones", to="channel.channel"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="shippingmethod",
            name="shipping_zone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shipping_methods",
                to="shipping.shippingzone",
            ),
        ),
    ]
