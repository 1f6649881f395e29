"""The names that the admin shows can be translated; no table changes."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_translated_names"),
        ("keys", "0002_expiry_and_limit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="key",
            options={
                "ordering": ["-created_at"],
                "verbose_name": "API token",
                "verbose_name_plural": "API tokens",
            },
        ),
        migrations.AlterField(
            model_name="key",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="keys",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, verbose_name="created at"
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to=settings.AUTH_USER_MODEL,
                verbose_name="created by",
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="digest",
            field=models.BinaryField(max_length=32, unique=True, verbose_name="digest"),
        ),
        migrations.AlterField(
            model_name="key",
            name="expires_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="expires at"
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="last4",
            field=models.CharField(
                editable=False, max_length=4, verbose_name="last four characters"
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="last_used_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="last used at"
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="monthly_limit_micros",
            field=models.BigIntegerField(
                blank=True, editable=False, null=True, verbose_name="monthly limit in micro-dollars"
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="name",
            field=models.CharField(max_length=80, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="key",
            name="prefix",
            field=models.CharField(editable=False, max_length=16, verbose_name="prefix"),
        ),
        migrations.AlterField(
            model_name="key",
            name="revoked_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="revoked at"
            ),
        ),
    ]
