"""Whether the newest reading of a conviction is that of the latest upload or of the latest file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0002_release")]
    operations = [
        migrations.AddField(
            model_name="office",
            name="newest_by",
            field=models.CharField(
                choices=[
                    ("uploaded", "the time of its upload"),
                    ("received", "the file's own date: when the office received it"),
                ],
                default="uploaded",
                editable=False,
                max_length=8,
            ),
        ),
    ]
