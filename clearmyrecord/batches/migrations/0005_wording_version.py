"""In which words a batch's papers are drafted: chosen at submission, an approved or the standard wording, and kept.

A trigger of its own beside `batch_turn`; it locks the wording's row (FOR SHARE), as what it says must not change meanwhile.
"""

import django.db.models.deletion
from django.db import migrations, models

FREEZE = """
CREATE FUNCTION batch_wording() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    words office_wordingversion%ROWTYPE;
BEGIN
    IF NEW.state = 'submitted' AND OLD.state <> 'submitted' THEN
        SELECT * INTO words FROM office_wordingversion WHERE id = NEW.wording_id FOR SHARE;
        IF words.id IS NULL OR (words.approved_at IS NULL AND words.drafted_by_id IS NOT NULL) THEN
            RAISE EXCEPTION 'A batch is submitted in an approved or the standard wording.'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF OLD.state NOT IN ('draft', 'returned') AND NEW.wording_id IS DISTINCT FROM OLD.wording_id THEN
        RAISE EXCEPTION 'A submitted batch keeps its wording.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_wording BEFORE UPDATE ON batches_batch FOR EACH ROW EXECUTE FUNCTION batch_wording();
"""
THAW = """
DROP TRIGGER batch_wording ON batches_batch;
DROP FUNCTION batch_wording();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("batches", "0004_recommendations"),
        ("office", "0004_wording"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="wording",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="office.wordingversion",
            ),
        ),
        migrations.RunSQL(FREEZE, THAW),
    ]
