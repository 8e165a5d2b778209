from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("private_metadata", models.JSONField(default=dict)),
                ("metadata", models.JSONField(default=dict)),
                ("name", models.CharField(max_length=250)),
                ("is_active", models.BooleanField(default=False)),
                ("slug", models.SlugField(max_length=255, unique=True)),
                ("currency_code", models.CharField(max_length=3)),
                ("default_country", models.CharField(max_length=2)),
                (
                    "allocation_strategy",
                    models.CharField(default="prioritize-sorting-order", max_length=255),
                ),
                (
                    "order_mark_as_paid_strategy",
                    models.CharField(default="payment_flow", max_length=255),
                ),
                (
                    "automatically_confirm_all_new_orders",
                    models.BooleanField(default=True, null=True),
                ),
                ("allow_unpaid_orders", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["slug"],
            },
        ),
    ]
