from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0009_clean_slate_account")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="first_steps_dismissed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
