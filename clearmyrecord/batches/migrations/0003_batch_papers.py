"""Which papers a batch gets is chosen at submission and frozen with it."""

from django.db import migrations, models

FREEZE = """
CREATE FUNCTION batch_papers_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state NOT IN ('draft', 'returned') AND NEW.papers <> OLD.papers THEN
        RAISE EXCEPTION 'A submitted batch is frozen.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_papers_frozen BEFORE UPDATE ON batches_batch
    FOR EACH ROW EXECUTE FUNCTION batch_papers_frozen();
"""
THAW = """
DROP TRIGGER batch_papers_frozen ON batches_batch;
DROP FUNCTION batch_papers_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0002_frozen_at_submission"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="papers",
            field=models.CharField(
                choices=[
                    ("per_case", "Papers for each case"),
                    ("omnibus", "One omnibus motion for all of them"),
                ],
                default="per_case",
                max_length=10,
            ),
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
