from __future__ import annotations

import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_superuser", models.BooleanField(default=False)),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("password", models.CharField(max_length=128)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("first_name", models.CharField(max_length=256)),
                ("last_name", models.CharField(max_length=256)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("is_confirmed", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("language_code", models.CharField(default="en", max_length=35)),
                ("uuid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("number_of_orders", models.PositiveIntegerField(default=0)),
            ],
            options={
                "ordering": ["email"],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("first_name", models.CharField(max_length=256)),
                ("last_name", models.CharField(max_length=256)),
                ("company_name", models.CharField(max_length=256)),
                ("street_address_1", models.CharField(max_length=256)),
                ("street_address_2", models.CharField(max_length=256)),
                ("city", models.CharField(max_length=256)),
                ("city_area", models.CharField(max_length=128)),
                ("postal_code", models.CharField(max_length=20)),
                ("country", models.CharField(max_length=2)),
                ("country_area", models.CharField(max_length=128)),
                ("phone", models.CharField(default="", max_length=128)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]
