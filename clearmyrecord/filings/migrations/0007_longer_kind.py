"""A kind of paper may be as long as "recommendation"."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("filings", "0006_letters"),
    ]

    operations = [
        migrations.AlterField(
            model_name="paper",
            name="kind",
            field=models.CharField(max_length=20),
        ),
    ]
