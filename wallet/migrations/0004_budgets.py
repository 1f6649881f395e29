"""Budgets, which holds made under a limit count in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0003_payments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("month", models.DateField()),
                ("held", models.BigIntegerField(default=0)),
                ("spent", models.BigIntegerField(default=0)),
                ("earlier", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "month"), name="budget_once_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("earlier__gte", 0),
                            ("held__gte", 0),
                            ("spent__gte", models.F("earlier")),
                        ),
                        name="budget_amounts_positive",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="hold",
            name="budget",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="wallet.budget",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("budget__isnull", False)),
                fields=["budget"],
                name="hold_of_budget",
            ),
        ),
    ]
