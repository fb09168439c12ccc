"""No case is filed while it is open, or answered with no, whether the court still has its record (H&S § 11361.5).

The same convictions ask as in petitions' `record_may_be_destroyed`: H&S 11357 and 11360(b), over two years old on the
run's date.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION filing_is_confirmed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'filed' AND OLD.state <> 'filed' AND EXISTS (
        SELECT 1 FROM batches_batchitem AS item JOIN batches_batch AS batch ON batch.id = item.batch_id
        WHERE item.batch_id = NEW.batch_id AND item.court_id = NEW.court_id AND item.case_number = NEW.case_number
          AND (item.snapshot ->> 'person')::bigint = NEW.subject_id
          AND item.snapshot ->> 'code' = 'HS' AND item.snapshot ->> 'section' ~ '^(11357($|[( ])|11360\\(b\\))'
          AND (item.snapshot ->> 'convicted_on')::date + interval '2 years' < (batch.heading ->> 'as_of')::date
          AND NOT EXISTS (
              SELECT 1 FROM runs_statedfact AS fact
              WHERE fact.conviction_id = item.conviction_id AND fact.fact = 'court_has_record'
                AND fact.value = 'yes' AND fact.superseded_at IS NULL
          )
    ) THEN
        RAISE EXCEPTION 'Before filing, somebody confirms that the court still has the record.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER filing_is_confirmed BEFORE UPDATE OF state ON filings_filing
    FOR EACH ROW EXECUTE FUNCTION filing_is_confirmed();
"""
LET = """
DROP TRIGGER filing_is_confirmed ON filings_filing;
DROP FUNCTION filing_is_confirmed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("filings", "0003_signatures"),
        ("batches", "0002_frozen_at_submission"),
        ("runs", "0001_initial"),
    ]
    operations = [migrations.RunSQL(KEEP, LET)]
