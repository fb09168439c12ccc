"""What the database itself refuses: a policy that starts signed, is signed by its drafter or by no supervisor, or changes
once it is signed, used or discarded; a run under an unsigned policy.

The trigger on runs locks the policy's row (FOR SHARE), so that none slips in beside a change that is not committed yet.
"""

from django.db import migrations

FREEZE = """
CREATE FUNCTION policy_starts_as_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.signed_at IS NOT NULL OR NEW.signed_by_id IS NOT NULL OR NEW.version IS NOT NULL
       OR NEW.discarded_at IS NOT NULL THEN
        RAISE EXCEPTION 'A policy starts as a draft.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER policy_starts_as_draft BEFORE INSERT ON runs_policy
    FOR EACH ROW EXECUTE FUNCTION policy_starts_as_draft();

CREATE FUNCTION policy_turn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    says_the_same boolean := (NEW.title, NEW.text, NEW.sha256, NEW.authority, NEW.based_on_id) IS NOT DISTINCT FROM
                             (OLD.title, OLD.text, OLD.sha256, OLD.authority, OLD.based_on_id);
BEGIN
    IF NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    END IF;
    IF OLD.signed_at IS NOT NULL OR OLD.discarded_at IS NOT NULL THEN
        RAISE EXCEPTION 'A signed or discarded policy is frozen.' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.name, NEW.drafted_by_id, NEW.drafted_at) IS DISTINCT FROM (OLD.name, OLD.drafted_by_id, OLD.drafted_at) THEN
        RAISE EXCEPTION 'Whose draft it is, and of which policy, stays.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT says_the_same AND EXISTS (SELECT 1 FROM runs_run WHERE policy_id = OLD.id) THEN
        RAISE EXCEPTION 'A policy that was used is frozen.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.signed_at IS NOT NULL THEN
        IF NOT says_the_same THEN
            RAISE EXCEPTION 'What is signed is what stood before.' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM office_user WHERE id = NEW.signed_by_id AND role = 'supervisor' AND is_active) THEN
            RAISE EXCEPTION 'Only a supervisor signs a policy.' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.signed_by_id = NEW.drafted_by_id THEN
            RAISE EXCEPTION 'Who drafted a policy never signs it.' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.version IS DISTINCT FROM OLD.version THEN
        RAISE EXCEPTION 'Only its signature makes a policy a version.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER policy_turn BEFORE UPDATE ON runs_policy FOR EACH ROW EXECUTE FUNCTION policy_turn();

CREATE FUNCTION run_under_signed_policy() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    signed timestamptz;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.policy_id <> OLD.policy_id THEN
        RAISE EXCEPTION 'A run stays under its policy.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        SELECT signed_at INTO signed FROM runs_policy WHERE id = NEW.policy_id FOR SHARE;
        IF signed IS NULL THEN
            RAISE EXCEPTION 'Nothing runs under an unsigned policy.' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER run_under_signed_policy BEFORE INSERT OR UPDATE OF policy_id ON runs_run
    FOR EACH ROW EXECUTE FUNCTION run_under_signed_policy();

REVOKE DELETE, TRUNCATE ON runs_policy FROM cmr_app;
"""
THAW = """
GRANT DELETE ON runs_policy TO cmr_app;
DROP TRIGGER run_under_signed_policy ON runs_run;
DROP FUNCTION run_under_signed_policy();
DROP TRIGGER policy_turn ON runs_policy;
DROP FUNCTION policy_turn();
DROP TRIGGER policy_starts_as_draft ON runs_policy;
DROP FUNCTION policy_starts_as_draft();
"""


class Migration(migrations.Migration):
    dependencies = [("runs", "0002_policies_are_signed"), ("schedules", "0001_application_role")]
    operations = [migrations.RunSQL(FREEZE, THAW)]
