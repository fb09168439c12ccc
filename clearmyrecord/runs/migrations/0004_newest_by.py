"""A run records by what the newest reading of a conviction is told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0003_signed_is_frozen"), ("office", "0003_newest_by")]
    operations = [
        migrations.AddField(
            model_name="run",
            name="newest_by",
            field=models.CharField(
                choices=[
                    ("uploaded", "the time of its upload"),
                    ("received", "the file's own date: when the office received it"),
                ],
                default="uploaded",
                max_length=8,
            ),
        ),
    ]
