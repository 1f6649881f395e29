from django.db import migrations, models

# What customers search their history for, as lexemes of their own: "17.1424:shark" is a word of
# account 17 in the 1424th fortnight since 1970, "17.1424#3" a job of model 3 there. So a search
# reads what one account asked for in one fortnight, however many others there are, and comes upon
# the newest first.
FORTNIGHT = """
CREATE FUNCTION generations_fortnight(at timestamptz)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(extract(epoch FROM at AT TIME ZONE 'UTC') / 1209600)::bigint
"""
SCOPE = """
CREATE FUNCTION generations_scope(account_id bigint, at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN account_id::text || '.' || generations_fortnight(at)::text
"""
# Words are runs of letters and digits. A lexeme that is too long would be an error, so a run of
# more than 40 is several words.
WORDS = r"""
CREATE FUNCTION generations_words(text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(lower($1), '[[:alnum:]]{40}', '\& ', 'g'), '[^[:alnum:]]+', ' ', 'g')
"""
LEXEMES = """
CREATE FUNCTION generations_lexemes(prompt text, account_id bigint, model_id bigint, at timestamptz)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(string_to_array(
    generations_scope(account_id, at) || ':'
    || replace(generations_words(prompt), ' ', ' ' || generations_scope(account_id, at) || ':')
    || ' ' || generations_scope(account_id, at) || '#' || model_id::text, ' '))
"""


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0003_job_input_digest'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='deleted_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='job',
            name='starred_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('starred_at__isnull', False)), fields=['account', '-created_at', '-id'], name='job_starred_of_account'),
        ),
        migrations.RunSQL(FORTNIGHT, "DROP FUNCTION generations_fortnight"),
        migrations.RunSQL(SCOPE, "DROP FUNCTION generations_scope"),
        migrations.RunSQL(WORDS, "DROP FUNCTION generations_words"),
        migrations.RunSQL(LEXEMES, "DROP FUNCTION generations_lexemes"),
    ]
