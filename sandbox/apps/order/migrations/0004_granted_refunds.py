from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0002_initial"),
        ("order", "0003_money"),
        ("payment", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="ordergrantedrefund",
            name="transaction_item",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="granted_refund",
                to="payment.transactionitem",
            ),
        ),
        migrations.AddField(
            model_name="ordergrantedrefund",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="account.user",
            ),
        ),
        migrations.AddField(
            model_name="ordergrantedrefundline",
            name="granted_refund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="order.ordergrantedrefund",
            ),
        ),
        migrations.AddField(
            model_name="ordergrantedrefundline",
            name="order_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="granted_refund_lines",
                to="order.orderline",
            ),
        ),
    ]
