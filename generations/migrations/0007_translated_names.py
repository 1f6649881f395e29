"""The names that the admin shows can be translated; no table changes."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_translated_names"),
        ("generations", "0006_history_search"),
        ("keys", "0003_translated_names"),
        ("wallet", "0005_translated_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="cataloguemodel",
            options={
                "ordering": ["position", "id"],
                "verbose_name": "catalogue model",
                "verbose_name_plural": "catalogue models",
            },
        ),
        migrations.AlterModelOptions(
            name="job",
            options={
                "ordering": ["-created_at", "-id"],
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
            },
        ),
        migrations.AlterModelOptions(
            name="runner",
            options={"verbose_name": "runner", "verbose_name_plural": "runners"},
        ),
        migrations.AlterModelOptions(
            name="timekeeper",
            options={"verbose_name": "timekeeper", "verbose_name_plural": "timekeepers"},
        ),
        migrations.AlterModelOptions(
            name="usage",
            options={"ordering": ["-day"], "verbose_name": "usage", "verbose_name_plural": "usage"},
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="active",
            field=models.BooleanField(default=False, verbose_name="active"),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="concurrency",
            field=models.PositiveIntegerField(
                default=100,
                help_text="How many jobs one runner gives to the engine at once; the others wait.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="concurrency",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="engine",
            field=models.CharField(
                choices=[
                    ("demo", "demo"),
                    ("openai", "openai"),
                    ("replicate", "replicate"),
                    ("fal", "fal"),
                    ("sharkapi", "sharkapi"),
                ],
                max_length=20,
                verbose_name="engine",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="height",
            field=models.PositiveIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(64),
                    django.core.validators.MaxValueValidator(4096),
                ],
                verbose_name="height",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="import_into",
            field=models.ForeignKey(
                blank=True,
                help_text="Images that the engine made without us appear in this account's history, free.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.account",
                verbose_name="import into",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="imported_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="imported until"),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="options",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="For the engine; see the README for each one's.",
                verbose_name="options",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="position",
            field=models.PositiveIntegerField(
                default=0,
                help_text="The first active one is asked first, the next when it fails.",
                verbose_name="position",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="price_micros",
            field=models.BigIntegerField(
                help_text="In millionths of a dollar: 30000 is $0.03.",
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="price in micro-dollars",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="variant",
            field=models.SlugField(
                help_text="What customers ask for, such as “1k”.",
                max_length=20,
                verbose_name="variant",
            ),
        ),
        migrations.AlterField(
            model_name="cataloguemodel",
            name="width",
            field=models.PositiveIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(64),
                    django.core.validators.MaxValueValidator(4096),
                ],
                verbose_name="width",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="jobs",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="attempts"),
        ),
        migrations.AlterField(
            model_name="job",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="created at"
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="deadline_at",
            field=models.DateTimeField(verbose_name="deadline"),
        ),
        migrations.AlterField(
            model_name="job",
            name="deleted_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="deleted at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="engine_finished_at",
            field=models.DateTimeField(null=True, verbose_name="engine finished at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="engine_reference",
            field=models.TextField(blank=True, verbose_name="engine reference"),
        ),
        migrations.AlterField(
            model_name="job",
            name="engine_started_at",
            field=models.DateTimeField(null=True, verbose_name="engine started at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="error",
            field=models.CharField(blank=True, max_length=500, verbose_name="error"),
        ),
        migrations.AlterField(
            model_name="job",
            name="failure_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("provider", "Provider"),
                    ("timeout", "Timeout"),
                    ("moderated", "Moderated"),
                    ("invalid_reference", "Invalid reference"),
                    ("cancelled", "Cancelled"),
                    ("staff", "Staff"),
                ],
                max_length=20,
                verbose_name="failure kind",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="featured_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="featured at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="fence",
            field=models.PositiveIntegerField(default=0, verbose_name="fence"),
        ),
        migrations.AlterField(
            model_name="job",
            name="finished_at",
            field=models.DateTimeField(null=True, verbose_name="finished at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="height",
            field=models.PositiveIntegerField(verbose_name="height"),
        ),
        migrations.AlterField(
            model_name="job",
            name="hold",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="wallet.hold",
                verbose_name="hold",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="id",
            field=models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                primary_key=True,
                serialize=False,
                verbose_name="id",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="idempotency_key",
            field=models.CharField(
                blank=True, db_default="", max_length=255, verbose_name="idempotency key"
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="image_deleted_at",
            field=models.DateTimeField(null=True, verbose_name="image deleted at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="image_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="image name"),
        ),
        migrations.AlterField(
            model_name="job",
            name="imported_at",
            field=models.DateTimeField(null=True, verbose_name="imported at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="input_digest",
            field=models.CharField(
                editable=False, max_length=64, null=True, verbose_name="input digest"
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="input_name",
            field=models.CharField(blank=True, max_length=200, verbose_name="input name"),
        ),
        migrations.AlterField(
            model_name="job",
            name="input_url",
            field=models.CharField(blank=True, max_length=2048, verbose_name="input URL"),
        ),
        migrations.AlterField(
            model_name="job",
            name="key",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="jobs",
                to="keys.key",
                verbose_name="API token",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="lease_until",
            field=models.DateTimeField(null=True, verbose_name="lease until"),
        ),
        migrations.AlterField(
            model_name="job",
            name="model",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="generations.cataloguemodel",
                verbose_name="model",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="price_micros",
            field=models.BigIntegerField(verbose_name="price in micro-dollars"),
        ),
        migrations.AlterField(
            model_name="job",
            name="prompt",
            field=models.TextField(verbose_name="prompt"),
        ),
        migrations.AlterField(
            model_name="job",
            name="runner_id",
            field=models.UUIDField(null=True, verbose_name="runner id"),
        ),
        migrations.AlterField(
            model_name="job",
            name="starred_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="starred at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="started_at",
            field=models.DateTimeField(null=True, verbose_name="started at"),
        ),
        migrations.AlterField(
            model_name="job",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("processing", "Processing"),
                    ("completed", "Completed"),
                    ("failed", "Failed"),
                ],
                default="queued",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="turn",
            field=models.BigIntegerField(db_default=0, verbose_name="turn"),
        ),
        migrations.AlterField(
            model_name="job",
            name="usage_counted",
            field=models.BooleanField(db_default=False, verbose_name="usage counted"),
        ),
        migrations.AlterField(
            model_name="job",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="width",
            field=models.PositiveIntegerField(verbose_name="width"),
        ),
        migrations.AlterField(
            model_name="runner",
            name="cluster_id",
            field=models.UUIDField(default=uuid.uuid4, verbose_name="cluster id"),
        ),
        migrations.AlterField(
            model_name="runner",
            name="heartbeat_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                db_index=True,
                verbose_name="heartbeat at",
            ),
        ),
        migrations.AlterField(
            model_name="runner",
            name="host",
            field=models.CharField(max_length=255, verbose_name="host"),
        ),
        migrations.AlterField(
            model_name="runner",
            name="id",
            field=models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                primary_key=True,
                serialize=False,
                verbose_name="id",
            ),
        ),
        migrations.AlterField(
            model_name="runner",
            name="in_flight",
            field=models.PositiveIntegerField(default=0, verbose_name="in flight"),
        ),
        migrations.AlterField(
            model_name="runner",
            name="pid",
            field=models.PositiveIntegerField(verbose_name="process id"),
        ),
        migrations.AlterField(
            model_name="runner",
            name="started_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), verbose_name="started at"
            ),
        ),
        migrations.AlterField(
            model_name="timekeeper",
            name="heartbeat_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                db_index=True,
                verbose_name="heartbeat at",
            ),
        ),
        migrations.AlterField(
            model_name="timekeeper",
            name="host",
            field=models.CharField(max_length=255, verbose_name="host"),
        ),
        migrations.AlterField(
            model_name="timekeeper",
            name="id",
            field=models.UUIDField(
                editable=False, primary_key=True, serialize=False, verbose_name="id"
            ),
        ),
        migrations.AlterField(
            model_name="timekeeper",
            name="pid",
            field=models.PositiveIntegerField(verbose_name="process id"),
        ),
        migrations.AlterField(
            model_name="timekeeper",
            name="started_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), verbose_name="started at"
            ),
        ),
        migrations.AlterField(
            model_name="usage",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="usage",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="usage",
            name="day",
            field=models.DateField(verbose_name="day"),
        ),
        migrations.AlterField(
            model_name="usage",
            name="failures",
            field=models.PositiveIntegerField(default=0, verbose_name="failures"),
        ),
        migrations.AlterField(
            model_name="usage",
            name="free_images",
            field=models.PositiveIntegerField(default=0, verbose_name="free images"),
        ),
        migrations.AlterField(
            model_name="usage",
            name="images",
            field=models.PositiveIntegerField(default=0, verbose_name="images"),
        ),
        migrations.AlterField(
            model_name="usage",
            name="key",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="keys.key",
                verbose_name="API token",
            ),
        ),
        migrations.AlterField(
            model_name="usage",
            name="spent_micros",
            field=models.BigIntegerField(default=0, verbose_name="spent in micro-dollars"),
        ),
        migrations.AlterField(
            model_name="usage",
            name="variant",
            field=models.CharField(max_length=20, verbose_name="variant"),
        ),
    ]
