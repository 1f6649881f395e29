"""The house's books, and the trigger that keeps transfers for ever."""

from django.db import migrations

HOUSE_BOOKS = [
    ("stripe", "usd"),
    ("revenue", "usd"),
    ("promotion", "usd"),
    ("dispute", "usd"),
    ("revenue", "image"),
    ("promotion", "image"),
]

APPEND_ONLY = """
CREATE FUNCTION wallet_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME;
END
$$;
CREATE TRIGGER wallet_transfer_append_only
    BEFORE UPDATE OR DELETE ON wallet_transfer
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_transfer_never_emptied
    BEFORE TRUNCATE ON wallet_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_refuse_change();
"""

CHANGEABLE = """
DROP TRIGGER wallet_transfer_append_only ON wallet_transfer;
DROP TRIGGER wallet_transfer_never_emptied ON wallet_transfer;
DROP FUNCTION wallet_refuse_change();
"""


def open_house_books(apps, schema_editor):
    book = apps.get_model("wallet", "Book")
    book.objects.bulk_create([book(kind=kind, unit=unit) for kind, unit in HOUSE_BOOKS])


class Migration(migrations.Migration):
    dependencies = [("wallet", "0001_initial")]

    operations = [
        migrations.RunPython(open_house_books, migrations.RunPython.noop),
        migrations.RunSQL(APPEND_ONLY, CHANGEABLE),
    ]
