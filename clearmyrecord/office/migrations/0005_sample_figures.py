"""How large the sample is that a supervisor looks through before approving a batch."""

from decimal import Decimal

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0004_wording")]
    operations = [
        migrations.AddField(
            model_name="office",
            name="sample_confidence",
            field=models.DecimalField(
                decimal_places=1,
                default=Decimal("95"),
                help_text="A batch is approved after a sample of it is looked through and nothing in it is wrong. Every "
                "conviction with a possible superstrike, a registration, a stated fact or an override is in it, "
                "and so many of the others that one can be so sure.",
                max_digits=4,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("50")),
                    django.core.validators.MaxValueValidator(Decimal("99.9")),
                ],
                verbose_name="confidence of samples, in percent",
            ),
        ),
        migrations.AddField(
            model_name="office",
            name="sample_most_wrong",
            field=models.DecimalField(
                decimal_places=1,
                default=Decimal("1"),
                help_text="With 95 and 1, nothing wrong in the sample means with a confidence of 95 % that fewer than 1 % "
                "of the batch are wrong.",
                max_digits=4,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.1")),
                    django.core.validators.MaxValueValidator(Decimal("20")),
                ],
                verbose_name="fewer wrong than, in percent",
            ),
        ),
    ]
