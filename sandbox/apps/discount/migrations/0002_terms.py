from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("discount", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="voucher",
            name="single_use",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="voucherchannellisting",
            name="min_spent_amount",
            field=models.DecimalField(decimal_places=3, max_digits=20, null=True),
        ),
    ]
