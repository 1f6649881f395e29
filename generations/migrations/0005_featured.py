from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0004_history'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='featured_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('featured_at__isnull', False)), fields=['-featured_at'], name='job_featured'),
        ),
    ]
