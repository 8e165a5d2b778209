from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("checkout", "0002_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkout",
            name="voucher_code",
            field=models.CharField(max_length=255, null=True),
        ),
    ]
