"""What the database refuses about answers and objections; the items of what was filed before there were answers.

Answers are only superseded and objections only resolved, once; nothing of either is deleted. An item that was denied
may hold its conviction again when the denial turns out to be wrong: nothing else frozen about it changes.
"""

from django.db import migrations

from petitions.papers.omnibus import place

KEEP = """
CREATE FUNCTION answer_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
       OR (to_jsonb(NEW) - 'superseded_at' - 'superseded_by_id' - 'superseded_how' - 'superseded_reason')
          <> (to_jsonb(OLD) - 'superseded_at' - 'superseded_by_id' - 'superseded_how' - 'superseded_reason') THEN
        RAISE EXCEPTION 'An answer is only superseded, and only once.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER answer_turn BEFORE UPDATE ON relief_courtanswer FOR EACH ROW EXECUTE FUNCTION answer_turn();

CREATE FUNCTION objection_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.resolved_at IS NOT NULL OR NEW.resolved_at IS NULL
       OR (to_jsonb(NEW) - 'resolved_at' - 'resolved_by_id' - 'resolution' - 'resolved_reason')
          <> (to_jsonb(OLD) - 'resolved_at' - 'resolved_by_id' - 'resolution' - 'resolved_reason') THEN
        RAISE EXCEPTION 'An objection is only resolved, and only once.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER objection_turn BEFORE UPDATE ON relief_objection FOR EACH ROW EXECUTE FUNCTION objection_turn();

CREATE OR REPLACE FUNCTION item_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.batch_id <> NEW.batch_id THEN
        RAISE EXCEPTION 'An item stays in its batch.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'holds') = (to_jsonb(OLD) - 'holds') AND (
        (OLD.holds AND NOT NEW.holds)  -- released by withdrawing, discarding or a denial
        OR (NEW.holds AND EXISTS (  -- the denial was wrong
            SELECT 1 FROM relief_courtanswer WHERE item_id = NEW.id AND superseded_how IN ('corrected', 'undone')
        ))
    ) THEN
        RETURN NEW;  -- nothing else about it changes
    END IF;
    IF NOT batch_is_editable(coalesce(NEW.batch_id, OLD.batch_id)) THEN
        RAISE EXCEPTION 'The items of a submitted batch are frozen.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

REVOKE DELETE, TRUNCATE ON relief_courtanswer, relief_objection, relief_courtresponse, relief_dojconfirmation
    FROM cmr_app;
"""
LET = """
GRANT DELETE ON relief_courtanswer, relief_objection, relief_courtresponse, relief_dojconfirmation TO cmr_app;

CREATE OR REPLACE FUNCTION item_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.batch_id <> NEW.batch_id THEN
        RAISE EXCEPTION 'An item stays in its batch.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.holds AND NOT NEW.holds AND (to_jsonb(NEW) - 'holds') = (to_jsonb(OLD) - 'holds') THEN
        RETURN NEW;
    END IF;
    IF NOT batch_is_editable(coalesce(NEW.batch_id, OLD.batch_id)) THEN
        RAISE EXCEPTION 'The items of a submitted batch are frozen.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

DROP TRIGGER objection_turn ON relief_objection;
DROP FUNCTION objection_turn();
DROP TRIGGER answer_turn ON relief_courtanswer;
DROP FUNCTION answer_turn();
"""

RELIEF = """
CASE WHEN item.snapshot ->> 'relief' = 'dismiss'
     THEN CASE WHEN item.snapshot ->> 'sealing' = 'true' THEN 'sealed' ELSE 'dismissed' END
     WHEN item.snapshot ->> 'new_severity' IN ('misdemeanor', 'infraction') THEN item.snapshot ->> 'new_severity'
     ELSE 'resentenced' END
"""

CASES = f"""
INSERT INTO relief_asked (item_id, filing_id, court_id, subject_id, conviction_id, relief, state)
SELECT item.id, filing.id, filing.court_id, filing.subject_id, item.conviction_id, {RELIEF}, 'waiting'
  FROM filings_filing filing
  JOIN batches_batchitem item
    ON item.batch_id = filing.batch_id AND item.court_id = filing.court_id AND item.case_number = filing.case_number
   AND item.route = filing.route AND (item.snapshot ->> 'person')::bigint = filing.subject_id
 WHERE filing.state = 'filed';
"""  # noqa: S608 (constants)

MOTIONS = f"""
SELECT item.id, motion.id, motion.court_id, (item.snapshot ->> 'person')::bigint, item.conviction_id, {RELIEF},
       item.snapshot ->> 'case_number', item.snapshot ->> 'defendant_name', item.snapshot ->> 'convicted_on',
       item.snapshot ->> 'section'
  FROM filings_omnibusmotion motion JOIN batches_batchitem item ON item.batch_id = motion.batch_id
 WHERE motion.state = 'filed' ORDER BY motion.id
"""  # noqa: S608 (constants)


def ask_motions(apps, schema_editor):
    """Every row of the exhibits that courts have, with its number."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(MOTIONS)
        rows = sorted(cursor.fetchall(), key=lambda row: (row[1], place(row[6], row[7], row[8], row[9], str(row[4]))))
        numbers = {}
        for item, motion, court, subject, conviction, relief, *_ in rows:
            numbers[motion] = numbers.get(motion, 0) + 1
            cursor.execute(
                "INSERT INTO relief_asked"
                " (item_id, motion_id, exhibit_row, court_id, subject_id, conviction_id, relief, state)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, 'waiting')",
                [item, motion, numbers[motion], court, subject, conviction, relief],
            )


class Migration(migrations.Migration):
    dependencies = [("relief", "0001_answers"), ("batches", "0002_frozen_at_submission")]
    operations = [
        migrations.RunSQL(KEEP, LET),
        migrations.RunSQL(CASES, migrations.RunSQL.noop),
        migrations.RunPython(ask_motions, migrations.RunPython.noop),
    ]
