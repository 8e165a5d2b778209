from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("product", "0001_initial"),
        ("tax", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="tax_class",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="products",
                to="tax.taxclass",
            ),
        ),
        migrations.AddField(
            model_name="producttype",
            name="tax_class",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="product_types",
                to="tax.taxclass",
            ),
        ),
    ]
