"""How many of the decided convictions a second analyst decides again."""

from decimal import Decimal

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("office", "0006_answer_days")]
    operations = [
        migrations.AddField(
            model_name="office",
            name="second_review_share",
            field=models.DecimalField(
                decimal_places=1,
                default=Decimal("0"),
                help_text="Of the convictions that are accepted or overridden from now on, so many are drawn by chance and "
                "decided again by somebody who does not see the first decision. 0: none.",
                max_digits=4,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0")),
                    django.core.validators.MaxValueValidator(Decimal("100")),
                ],
                verbose_name="decided again by a second analyst, in percent",
            ),
        ),
    ]
