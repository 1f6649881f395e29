"""The names that the admin shows can be translated; no table changes."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_translated_names"),
        ("wallet", "0004_budgets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="alert",
            options={
                "ordering": ["-created_at"],
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
            },
        ),
        migrations.AlterModelOptions(
            name="billingprofile",
            options={"verbose_name": "billing profile", "verbose_name_plural": "billing profiles"},
        ),
        migrations.AlterModelOptions(
            name="book",
            options={"verbose_name": "book", "verbose_name_plural": "books"},
        ),
        migrations.AlterModelOptions(
            name="budget",
            options={"verbose_name": "budget", "verbose_name_plural": "budgets"},
        ),
        migrations.AlterModelOptions(
            name="hold",
            options={"verbose_name": "hold", "verbose_name_plural": "holds"},
        ),
        migrations.AlterModelOptions(
            name="policy",
            options={"verbose_name": "policy", "verbose_name_plural": "policy"},
        ),
        migrations.AlterModelOptions(
            name="stripeevent",
            options={
                "ordering": ["-received_at"],
                "verbose_name": "Stripe event",
                "verbose_name_plural": "Stripe events",
            },
        ),
        migrations.AlterModelOptions(
            name="topup",
            options={
                "ordering": ["-created_at"],
                "verbose_name": "top-up",
                "verbose_name_plural": "top-ups",
            },
        ),
        migrations.AlterModelOptions(
            name="transfer",
            options={"verbose_name": "transfer", "verbose_name_plural": "transfers"},
        ),
        migrations.AlterField(
            model_name="alert",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="created at"
            ),
        ),
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(max_length=40, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="alert",
            name="reference",
            field=models.CharField(max_length=255, verbose_name="reference"),
        ),
        migrations.AlterField(
            model_name="alert",
            name="resolved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="resolved at"),
        ),
        migrations.AlterField(
            model_name="alert",
            name="text",
            field=models.TextField(verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="billing",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="alert_below_micros",
            field=models.BigIntegerField(
                blank=True, null=True, verbose_name="mail below, in micro-dollars"
            ),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="alerted_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="alerted at"),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="auto_amount_micros",
            field=models.BigIntegerField(
                default=20000000, verbose_name="amount of an automatic top-up in micro-dollars"
            ),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="auto_stopped_reason",
            field=models.CharField(
                blank=True, editable=False, max_length=300, verbose_name="why it stopped"
            ),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="auto_threshold_micros",
            field=models.BigIntegerField(
                default=5000000, verbose_name="automatic top-up below, in micro-dollars"
            ),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="auto_topup",
            field=models.BooleanField(default=False, verbose_name="automatic top-up"),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="card_id",
            field=models.CharField(
                blank=True, editable=False, max_length=255, verbose_name="card id"
            ),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="card_label",
            field=models.CharField(
                blank=True, editable=False, max_length=80, verbose_name="card label"
            ),
        ),
        migrations.AlterField(
            model_name="billingprofile",
            name="customer_id",
            field=models.CharField(
                editable=False, max_length=255, null=True, unique=True, verbose_name="customer id"
            ),
        ),
        migrations.AlterField(
            model_name="book",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="books",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="book",
            name="balance",
            field=models.BigIntegerField(default=0, verbose_name="balance"),
        ),
        migrations.AlterField(
            model_name="book",
            name="debt_limit",
            field=models.BigIntegerField(default=0, verbose_name="debt limit"),
        ),
        migrations.AlterField(
            model_name="book",
            name="held",
            field=models.BigIntegerField(default=0, verbose_name="held"),
        ),
        migrations.AlterField(
            model_name="book",
            name="kind",
            field=models.CharField(
                choices=[
                    ("customer", "Customer"),
                    ("stripe", "Stripe"),
                    ("revenue", "Revenue"),
                    ("promotion", "Promotion"),
                    ("dispute", "Dispute"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="book",
            name="unit",
            field=models.CharField(
                choices=[("usd", "Usd"), ("image", "Image")], max_length=10, verbose_name="unit"
            ),
        ),
        migrations.AlterField(
            model_name="budget",
            name="earlier",
            field=models.BigIntegerField(db_default=0, default=0, verbose_name="earlier"),
        ),
        migrations.AlterField(
            model_name="budget",
            name="held",
            field=models.BigIntegerField(default=0, verbose_name="held"),
        ),
        migrations.AlterField(
            model_name="budget",
            name="month",
            field=models.DateField(verbose_name="month"),
        ),
        migrations.AlterField(
            model_name="budget",
            name="name",
            field=models.CharField(max_length=100, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="budget",
            name="spent",
            field=models.BigIntegerField(default=0, verbose_name="spent"),
        ),
        migrations.AlterField(
            model_name="hold",
            name="amount",
            field=models.BigIntegerField(verbose_name="amount"),
        ),
        migrations.AlterField(
            model_name="hold",
            name="book",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="wallet.book",
                verbose_name="book",
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="budget",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="wallet.budget",
                verbose_name="budget",
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="created at"
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="reference",
            field=models.CharField(max_length=200, unique=True, verbose_name="reference"),
        ),
        migrations.AlterField(
            model_name="hold",
            name="resolved_at",
            field=models.DateTimeField(null=True, verbose_name="resolved at"),
        ),
        migrations.AlterField(
            model_name="hold",
            name="status",
            field=models.CharField(
                choices=[("held", "Held"), ("posted", "Posted"), ("voided", "Voided")],
                default="held",
                max_length=10,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="transfer",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hold",
                to="wallet.transfer",
                verbose_name="transfer",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="auto_topup_daily_max",
            field=models.PositiveIntegerField(
                default=3,
                help_text="How many automatic top-ups an account may have in 24 hours.",
                verbose_name="automatic top-ups a day",
            ),
        ),
        migrations.AlterField(
            model_name="policy",
            name="topup_max_micros",
            field=models.BigIntegerField(
                default=1000000000,
                help_text="The largest single top-up, in millionths of a dollar.",
                validators=[django.core.validators.MinValueValidator(10000000)],
                verbose_name="largest single top-up in micro-dollars",
            ),
        ),
        migrations.AlterField(
            model_name="stripeevent",
            name="id",
            field=models.CharField(
                max_length=255, primary_key=True, serialize=False, verbose_name="id"
            ),
        ),
        migrations.AlterField(
            model_name="stripeevent",
            name="intent_id",
            field=models.CharField(blank=True, max_length=255, verbose_name="intent id"),
        ),
        migrations.AlterField(
            model_name="stripeevent",
            name="outcome",
            field=models.CharField(max_length=300, verbose_name="outcome"),
        ),
        migrations.AlterField(
            model_name="stripeevent",
            name="received_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="received at"
            ),
        ),
        migrations.AlterField(
            model_name="stripeevent",
            name="type",
            field=models.CharField(max_length=100, verbose_name="type"),
        ),
        migrations.AlterField(
            model_name="topup",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="topups",
                to="accounts.account",
                verbose_name="account",
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="amount_micros",
            field=models.BigIntegerField(verbose_name="amount in micro-dollars"),
        ),
        migrations.AlterField(
            model_name="topup",
            name="checked_at",
            field=models.DateTimeField(null=True, verbose_name="checked at"),
        ),
        migrations.AlterField(
            model_name="topup",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="created at"
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="failure",
            field=models.CharField(blank=True, max_length=300, verbose_name="failure"),
        ),
        migrations.AlterField(
            model_name="topup",
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
            model_name="topup",
            name="intent_id",
            field=models.CharField(
                max_length=255, null=True, unique=True, verbose_name="intent id"
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="invoice_url",
            field=models.URLField(blank=True, max_length=2000, verbose_name="invoice URL"),
        ),
        migrations.AlterField(
            model_name="topup",
            name="kind",
            field=models.CharField(
                choices=[("checkout", "Checkout"), ("auto", "Automatic")],
                default="checkout",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="paid_at",
            field=models.DateTimeField(null=True, verbose_name="paid at"),
        ),
        migrations.AlterField(
            model_name="topup",
            name="receipt_url",
            field=models.URLField(blank=True, max_length=2000, verbose_name="receipt URL"),
        ),
        migrations.AlterField(
            model_name="topup",
            name="session_id",
            field=models.CharField(
                max_length=255, null=True, unique=True, verbose_name="session id"
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="status",
            field=models.CharField(
                choices=[
                    ("created", "Not started"),
                    ("open", "Waiting for payment"),
                    ("processing", "Payment under way"),
                    ("paid", "Paid"),
                    ("failed", "Payment failed"),
                    ("expired", "Not paid in time"),
                ],
                default="created",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="actor",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="amount",
            field=models.BigIntegerField(verbose_name="amount"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="created at"
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="credit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credits",
                to="wallet.book",
                verbose_name="credit",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="debit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="debits",
                to="wallet.book",
                verbose_name="debit",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charge", "Image"),
                    ("trial_grant", "Free images"),
                    ("staff_credit", "Credit"),
                    ("staff_debit", "Debit"),
                    ("topup", "Top-up"),
                    ("refund", "Refund"),
                    ("refund_returned", "Refund returned"),
                    ("dispute", "Disputed payment"),
                    ("dispute_returned", "Dispute won"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="memo",
            field=models.CharField(blank=True, max_length=500, verbose_name="memo"),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="reference",
            field=models.CharField(max_length=200, verbose_name="reference"),
        ),
    ]
