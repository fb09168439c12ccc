"""What the database itself refuses: an author who confirms, and decisions that are edited or deleted.

A confirmation locks its override's row (FOR SHARE) before it looks who made it and whether it still stands, so that none
is given to an override that somebody is taking back at the same instant.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION review_decision_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (to_jsonb(NEW) - 'superseded_at') IS DISTINCT FROM (to_jsonb(OLD) - 'superseded_at')
       OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at) THEN
        RAISE EXCEPTION 'A decision is superseded, never edited.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER override_kept BEFORE UPDATE ON reviews_override
    FOR EACH ROW EXECUTE FUNCTION review_decision_kept();
CREATE TRIGGER confirmation_kept BEFORE UPDATE ON reviews_confirmation
    FOR EACH ROW EXECUTE FUNCTION review_decision_kept();
CREATE TRIGGER opposition_kept BEFORE UPDATE ON reviews_opposition
    FOR EACH ROW EXECUTE FUNCTION review_decision_kept();

CREATE FUNCTION confirmed_by_another() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    of_override reviews_override%ROWTYPE;
BEGIN
    SELECT * INTO of_override FROM reviews_override WHERE id = NEW.override_id FOR SHARE;
    IF of_override.author_id = NEW.by_id THEN
        RAISE EXCEPTION 'The author of an override never confirms it.' USING ERRCODE = 'check_violation';
    END IF;
    IF of_override.superseded_at IS NOT NULL OR of_override.conviction_id <> NEW.conviction_id THEN
        RAISE EXCEPTION 'Only an override that stands is confirmed or refused.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER confirmed_by_another BEFORE INSERT ON reviews_confirmation
    FOR EACH ROW EXECUTE FUNCTION confirmed_by_another();

CREATE FUNCTION exhibit_of_standing() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM reviews_opposition WHERE id = NEW.opposition_id AND superseded_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'A decision that stands no more gets no exhibits.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER exhibit_of_standing BEFORE INSERT ON reviews_exhibit
    FOR EACH ROW EXECUTE FUNCTION exhibit_of_standing();

REVOKE DELETE, TRUNCATE ON reviews_override, reviews_confirmation, reviews_opposition FROM cmr_app;
REVOKE UPDATE, DELETE, TRUNCATE ON reviews_attachment, reviews_exhibit FROM cmr_app;
"""
LET_GO = """
GRANT UPDATE, DELETE ON reviews_attachment, reviews_exhibit TO cmr_app;
GRANT DELETE ON reviews_override, reviews_confirmation, reviews_opposition TO cmr_app;
DROP TRIGGER exhibit_of_standing ON reviews_exhibit;
DROP FUNCTION exhibit_of_standing();
DROP TRIGGER confirmed_by_another ON reviews_confirmation;
DROP FUNCTION confirmed_by_another();
DROP TRIGGER opposition_kept ON reviews_opposition;
DROP TRIGGER confirmation_kept ON reviews_confirmation;
DROP TRIGGER override_kept ON reviews_override;
DROP FUNCTION review_decision_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_confirmations_and_oppositions"), ("schedules", "0001_application_role")]
    operations = [migrations.RunSQL(KEEP, LET_GO)]
