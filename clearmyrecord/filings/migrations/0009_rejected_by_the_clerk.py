"""A signature also falls when papers that the clerk had rejected are signed anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("filings", "0008_omnibus_motions_are_signed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="signature",
            name="fallen_why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("withdrawn", "the batch was withdrawn"),
                    ("not_drawn", "the signed papers could not be drawn"),
                    ("rejected", "the clerk rejected the papers"),
                ],
                max_length=10,
            ),
        ),
    ]
