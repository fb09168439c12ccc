"""A conviction is found by one of its case numbers without reading them all."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0004_court_extracts")]
    operations = [
        migrations.AddIndex(
            model_name="conviction",
            index=django.contrib.postgres.indexes.GinIndex(fields=["case_numbers"], name="conviction_case_number"),
        ),
    ]
