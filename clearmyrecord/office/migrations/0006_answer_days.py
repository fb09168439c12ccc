"""How long each court is given to answer a filing, in calendar days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("office", "0005_sample_figures"),
    ]

    operations = [
        migrations.AddField(
            model_name="court",
            name="answer_days",
            field=models.PositiveSmallIntegerField(
                choices=[(30, "30 days"), (60, "60 days"), (90, "90 days")],
                default=60,
                help_text="Calendar days from the day it was filed. After them an unanswered filing is shown as late.",
                verbose_name="clock of a filing",
            ),
        ),
    ]
