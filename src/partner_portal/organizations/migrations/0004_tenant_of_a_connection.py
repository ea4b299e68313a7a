from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0003_mapping_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='must_clear',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='connection',
            name='tenant_number',
            field=models.BigIntegerField(null=True),
        ),
    ]
