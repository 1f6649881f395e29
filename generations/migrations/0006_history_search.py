from django.db import migrations

# A job comes in when its usage is counted, within minutes of its end and with the last change that
# most jobs ever see: so the index costs nothing while customers wait. Without a list of what is
# pending, which every search would have to read. Customers may submit while it is made, which
# takes a minute for a million jobs.
INDEX = """
CREATE INDEX CONCURRENTLY job_lexemes ON generations_job
USING gin (generations_lexemes(prompt, account_id, model_id, created_at)) WITH (fastupdate = off)
WHERE usage_counted AND deleted_at IS NULL
"""


class Migration(migrations.Migration):
    # An index can be made beside others' work only outside of a transaction.
    atomic = False

    dependencies = [
        ('generations', '0005_featured'),
    ]

    operations = [
        migrations.RunSQL("SET statement_timeout = 0", migrations.RunSQL.noop),
        # What an attempt that was interrupted has left.
        migrations.RunSQL("DROP INDEX IF EXISTS job_lexemes", migrations.RunSQL.noop),
        migrations.RunSQL(INDEX, "DROP INDEX job_lexemes"),
        # Without figures the planner takes a new column for one that is hardly ever null.
        migrations.RunSQL("ANALYZE generations_job", migrations.RunSQL.noop),
        migrations.RunSQL("RESET statement_timeout", migrations.RunSQL.noop),
    ]
