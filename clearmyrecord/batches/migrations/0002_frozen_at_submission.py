"""What the database itself refuses: a preparer who approves, a list or preparers changed after submission, a wrong turn.

The triggers on items and preparers lock the batch's row (FOR SHARE) before they look at its state, so that none slips in
beside a submission or an approval that is not committed yet.
"""

from django.db import migrations

FREEZE = """
CREATE FUNCTION batch_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    editable boolean := OLD.state IN ('draft', 'returned');
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'submitted'), ('returned', 'submitted'), ('draft', 'discarded'), ('returned', 'discarded'),
        ('submitted', 'approved'), ('submitted', 'returned'), ('approved', 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'A batch never goes from % to %.', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NOT editable AND (
        NEW.name, NEW.version, NEW.run_id, NEW.filter, NEW.signing_attorney_id, NEW.composed_by_id, NEW.heading,
        NEW.list_hash, NEW.submitted_by_id, NEW.submitted_at
    ) IS DISTINCT FROM (
        OLD.name, OLD.version, OLD.run_id, OLD.filter, OLD.signing_attorney_id, OLD.composed_by_id, OLD.heading,
        OLD.list_hash, OLD.submitted_by_id, OLD.submitted_at
    ) THEN
        RAISE EXCEPTION 'A submitted batch is frozen.' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.approved_by_id, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_at)
       AND NOT (OLD.state = 'submitted' AND NEW.state = 'approved') THEN
        RAISE EXCEPTION 'Who approved a batch is written when it is approved, and never again.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'approved' THEN
        IF NOT EXISTS (SELECT 1 FROM batches_preparer WHERE batch_id = NEW.id) THEN
            RAISE EXCEPTION 'A batch without preparers can not be approved.' USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT 1 FROM batches_preparer WHERE batch_id = NEW.id AND user_id = NEW.approved_by_id) THEN
            RAISE EXCEPTION 'A preparer never approves a batch.' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_turn BEFORE UPDATE ON batches_batch FOR EACH ROW EXECUTE FUNCTION batch_turn();

CREATE FUNCTION batch_starts_as_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'draft' OR NEW.approved_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'A batch starts as a draft.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER batch_starts_as_draft BEFORE INSERT ON batches_batch
    FOR EACH ROW EXECUTE FUNCTION batch_starts_as_draft();

CREATE FUNCTION batch_is_editable(wanted bigint) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    current_state text;
BEGIN
    SELECT state INTO current_state FROM batches_batch WHERE id = wanted FOR SHARE;
    RETURN coalesce(current_state IN ('draft', 'returned'), false);
END $$;

CREATE FUNCTION preparer_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND batch_is_editable(NEW.batch_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Preparers only accumulate, and only until submission.' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER preparer_frozen BEFORE INSERT OR UPDATE OR DELETE ON batches_preparer
    FOR EACH ROW EXECUTE FUNCTION preparer_frozen();

CREATE FUNCTION item_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.batch_id <> NEW.batch_id THEN
        RAISE EXCEPTION 'An item stays in its batch.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.holds AND NOT NEW.holds AND (to_jsonb(NEW) - 'holds') = (to_jsonb(OLD) - 'holds') THEN
        RETURN NEW;  -- released by withdrawing or discarding; nothing else about it changes
    END IF;
    IF NOT batch_is_editable(coalesce(NEW.batch_id, OLD.batch_id)) THEN
        RAISE EXCEPTION 'The items of a submitted batch are frozen.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER item_frozen BEFORE INSERT OR UPDATE OR DELETE ON batches_batchitem
    FOR EACH ROW EXECUTE FUNCTION item_frozen();

REVOKE UPDATE, DELETE, TRUNCATE ON batches_preparer FROM cmr_app;
REVOKE DELETE, TRUNCATE ON batches_batch FROM cmr_app;
REVOKE DELETE, TRUNCATE ON batches_servingform FROM cmr_app;
"""
THAW = """
GRANT DELETE ON batches_servingform TO cmr_app;
GRANT DELETE ON batches_batch TO cmr_app;
GRANT UPDATE, DELETE ON batches_preparer TO cmr_app;
DROP TRIGGER item_frozen ON batches_batchitem;
DROP FUNCTION item_frozen();
DROP TRIGGER preparer_frozen ON batches_preparer;
DROP FUNCTION preparer_frozen();
DROP FUNCTION batch_is_editable(bigint);
DROP TRIGGER batch_starts_as_draft ON batches_batch;
DROP FUNCTION batch_starts_as_draft();
DROP TRIGGER batch_turn ON batches_batch;
DROP FUNCTION batch_turn();
"""


class Migration(migrations.Migration):
    dependencies = [("batches", "0001_initial"), ("schedules", "0001_application_role")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
