from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0005_sample_figures")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="first_steps_dismissed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
