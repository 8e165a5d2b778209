from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("account", "0001_initial"),
        ("checkout", "0001_initial"),
        ("product", "0001_initial"),
        ("shipping", "0001_initial"),
        ("warehouse", "0034_warehouse_click_and_collect_option_idx"),
    ]

    operations = [
        migrations.AddField(
            model_name="checkout",
            name="collection_point",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="checkouts",
                to="warehouse.warehouse",
            ),
        ),
        migrations.AddField(
            model_name="checkout",
            name="shipping_address",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="account.address",
            ),
        ),
        migrations.AddField(
            model_name="checkout",
            name="shipping_method",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="checkouts",
                to="shipping.shippingmethod",
            ),
        ),
        migrations.AddField(
            model_name="checkout",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="checkouts",
                to="account.user",
            ),
        ),
        migrations.AddField(
            model_name="checkoutline",
            name="checkout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="checkout.checkout",
            ),
        ),
        migrations.AddField(
            model_name="checkoutline",
            name="variant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="product.productvariant",
            ),
        ),
    ]
