"""Every reason given on a suggestion is kept with it, since the trail holds no text."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_who_is_one_person")]
    operations = [
        migrations.AddField(
            model_name="suggestion",
            name="reasons",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, editable=False, size=None
            ),
        ),
    ]
