"""What the database itself refuses: a version of a schedule that starts approved, is approved by its author or by no
supervisor, or ever says something else; and a due time that becomes another one or disappears.
"""

from django.db import migrations

FREEZE = """
CREATE FUNCTION schedule_version_starts_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_at IS NOT NULL OR NEW.approved_by_id IS NOT NULL OR NEW.number IS NOT NULL
       OR NEW.discarded_at IS NOT NULL THEN
        RAISE EXCEPTION 'A version of a schedule starts as proposed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER schedule_version_starts_proposed BEFORE INSERT ON schedules_scheduleversion
    FOR EACH ROW EXECUTE FUNCTION schedule_version_starts_proposed();

CREATE FUNCTION schedule_version_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    END IF;
    IF OLD.approved_at IS NOT NULL OR OLD.discarded_at IS NOT NULL THEN
        RAISE EXCEPTION 'An approved or discarded version of a schedule is frozen.' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.schedule_id, NEW.policy_id, NEW.coded_pattern, NEW.reads_inbox, NEW.drafts_batches, NEW.tells_by_mail,
        NEW.author_id, NEW.set_up_at) IS DISTINCT FROM
       (OLD.schedule_id, OLD.policy_id, OLD.coded_pattern, OLD.reads_inbox, OLD.drafts_batches, OLD.tells_by_mail,
        OLD.author_id, OLD.set_up_at) THEN
        RAISE EXCEPTION 'What a version of a schedule says is never changed.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_at IS NOT NULL THEN
        IF NOT EXISTS (SELECT 1 FROM office_user
                        WHERE id = NEW.approved_by_id AND role = 'supervisor' AND is_active) THEN
            RAISE EXCEPTION 'Only a supervisor approves a schedule.' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.number IS NOT NULL THEN
        RAISE EXCEPTION 'Only its approval numbers a version of a schedule.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER schedule_version_turn BEFORE UPDATE ON schedules_scheduleversion
    FOR EACH ROW EXECUTE FUNCTION schedule_version_turn();

CREATE FUNCTION due_time_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.schedule_id, NEW.version_id, NEW.due_at, NEW.inserted_at) IS DISTINCT FROM
       (OLD.schedule_id, OLD.version_id, OLD.due_at, OLD.inserted_at) THEN
        RAISE EXCEPTION 'A due time is never changed.' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('covered', 'done') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'A due time that is done or covered never runs again.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER due_time_stays BEFORE UPDATE ON schedules_duerun FOR EACH ROW EXECUTE FUNCTION due_time_stays();

REVOKE DELETE, TRUNCATE ON schedules_schedule, schedules_scheduleversion, schedules_duerun FROM cmr_app;
"""
THAW = """
GRANT DELETE ON schedules_schedule, schedules_scheduleversion, schedules_duerun TO cmr_app;
DROP TRIGGER due_time_stays ON schedules_duerun;
DROP FUNCTION due_time_stays();
DROP TRIGGER schedule_version_turn ON schedules_scheduleversion;
DROP FUNCTION schedule_version_turn();
DROP TRIGGER schedule_version_starts_proposed ON schedules_scheduleversion;
DROP FUNCTION schedule_version_starts_proposed();
"""


class Migration(migrations.Migration):
    dependencies = [("schedules", "0002_schedules_and_due_runs")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
