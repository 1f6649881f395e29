from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0002_engine_room'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='input_digest',
            field=models.CharField(editable=False, max_length=64, null=True),
        ),
    ]
