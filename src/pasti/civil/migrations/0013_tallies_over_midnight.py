"""Counts that hold over midnight, and the newest month in which something happened.

At midnight everybody's age moves, but few change their age group: those five, ten ... seventy-five years old since the
counting. They are found by birth date, so what was remembered a few days ago still serves, and nobody who looks first
after midnight waits for a count of the city. Tables without the age do not depend on the day at all. What is missing in
the records does (a card is looked at once a year, a child grows up), and is counted anew on another day.
"""

from django.db import migrations

READ = """
-- Who passed into the next age group between two counts: by kelurahan and cell, less where they were, more where they are.
CREATE OR REPLACE FUNCTION civil_birthdays(places text[], kind int, was date, is_now date)
RETURNS TABLE (place text, first smallint, second smallint, people bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
  young date[] := civil_age_edges(was);
  old date[] := civil_age_edges(is_now);
BEGIN
  RETURN QUERY
  WITH grown AS (
    SELECT civil_part(p.rt_code, 4) AS place, s.step, CASE kind % 16
      WHEN 2 THEN p.sex WHEN 3 THEN p.religion WHEN 4 THEN p.education WHEN 5 THEN p.occupation WHEN 6 THEN p.marital_status
      WHEN 7 THEN p.blood_type WHEN 8 THEN p.citizenship WHEN 9 THEN p.residency WHEN 10 THEN coalesce(
        (SELECT m.relation FROM civil_membership m WHERE m.person_id = p.id AND m.ends IS NULL), 0::smallint) END AS other
    FROM generate_series(1, 15) AS s (step)
    CROSS JOIN LATERAL (SELECT * FROM civil_person b WHERE b.birth_date >= young[16 - s.step]
      AND b.birth_date < old[16 - s.step] AND b.status_dasar = 1 OFFSET 0) p)
  SELECT g.place, (g.step - x.less)::smallint, g.other, sum(1 - 2 * x.less)::bigint
  FROM grown g CROSS JOIN generate_series(0, 1) AS x (less) WHERE g.place = ANY (places) GROUP BY 1, 2, 3;
END $$;
CREATE OR REPLACE FUNCTION civil_tally_read(area text, depth int, kind_wanted int, on_day date)
RETURNS TABLE (place text, first smallint, second smallint, people bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  aged boolean := kind_wanted / 16 = 1;
  fresh text[];
  stale text[];
  days date[];
BEGIN
  IF NOT civil_may_count(area, depth) THEN
    RETURN;
  ELSIF depth > 4 THEN
    RETURN QUERY SELECT * FROM civil_cells(civil_rt_codes(ARRAY[area]), depth, kind_wanted, on_day);
  ELSE
    SELECT coalesce(array_agg(t.kelurahan::text), '{}'), coalesce(array_agg(DISTINCT t.day) FILTER (WHERE t.day < on_day), '{}')
    INTO fresh, days FROM civil_tally t
    WHERE t.kind = kind_wanted AND (t.kelurahan = area OR starts_with(t.kelurahan, area || '.'))
      AND NOT EXISTS (SELECT 1 FROM civil_tallymark m WHERE m.kelurahan = t.kelurahan)
      AND CASE WHEN kind_wanted = 0 THEN t.day = on_day WHEN aged THEN t.day BETWEEN on_day - 7 AND on_day ELSE true END;
    stale := ARRAY(SELECT p.code::text FROM places_place p WHERE p.level = 'kelurahan'
      AND (p.code = area OR starts_with(p.code, area || '.')) AND p.code <> ALL (fresh));
    IF aged AND days <> '{}' THEN
      RETURN QUERY
      SELECT c.place, c.a, c.b, sum(c.n)::bigint FROM (
        SELECT t.kelurahan::text AS place, u.a, u.b, u.n::bigint AS n
        FROM civil_tally t CROSS JOIN LATERAL unnest(t.first, t.second, t.people) AS u (a, b, n)
        WHERE t.kind = kind_wanted AND t.kelurahan = ANY (fresh)
        UNION ALL SELECT b.place, b.first, b.second, b.people FROM unnest(days) AS d (day) CROSS JOIN LATERAL civil_birthdays(
          ARRAY(SELECT t.kelurahan::text FROM civil_tally t WHERE t.kind = kind_wanted AND t.day = d.day
            AND t.kelurahan = ANY (fresh)), kind_wanted, d.day, on_day) b) c
      GROUP BY 1, 2, 3 HAVING sum(c.n) <> 0;
    ELSE
      RETURN QUERY
      SELECT t.kelurahan::text, u.a, u.b, u.n::bigint
      FROM civil_tally t CROSS JOIN LATERAL unnest(t.first, t.second, t.people) AS u (a, b, n)
      WHERE t.kind = kind_wanted AND t.kelurahan = ANY (fresh);
    END IF;
    IF stale <> '{}' THEN
      RETURN QUERY SELECT * FROM civil_cells(civil_rt_codes(stale), 4, kind_wanted, on_day);
    END IF;
  END IF;
END $$;
"""
# As before, but with the place found once for each RT instead of for each entry of the ledger.
LEDGER = """
CREATE OR REPLACE FUNCTION civil_ledger_net(area text, depth int, since timestamptz, until timestamptz, zone text)
RETURNS TABLE (place text, sex smallint, month date, people bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF civil_may_count(area, depth) THEN
    RETURN QUERY
    WITH rt AS MATERIALIZED (
      SELECT p.code, civil_part(p.code, depth) AS place FROM places_place p
      WHERE p.level = 'rt' AND (p.code = area OR starts_with(p.code, area || '.')))
    SELECT rt.place, v.sex, date_trunc('month', v.recorded_at AT TIME ZONE zone)::date, sum(v.sign)::bigint
    FROM civil_personversion v JOIN rt ON rt.code = v.rt_code
    WHERE v.recorded_at >= since AND v.recorded_at < until AND v.status_dasar = 1 GROUP BY 1, 2, 3;
  END IF;
END $$;
CREATE OR REPLACE FUNCTION civil_ledger_at(area text, depth int, moment timestamptz, on_day date)
RETURNS TABLE (place text, first smallint, second smallint, people bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE edges date[] := civil_age_edges(on_day);
BEGIN
  IF civil_may_count(area, depth) THEN
    RETURN QUERY
    WITH rt AS MATERIALIZED (
      SELECT p.code, civil_part(p.code, depth) AS place FROM places_place p
      WHERE p.level = 'rt' AND (p.code = area OR starts_with(p.code, area || '.')))
    SELECT rt.place, (15 - width_bucket(v.birth_date, edges))::smallint, v.sex, sum(v.sign)::bigint
    FROM civil_personversion v JOIN rt ON rt.code = v.rt_code
    WHERE v.recorded_at < moment AND v.status_dasar = 1 GROUP BY 1, 2, 3 HAVING sum(v.sign) <> 0;
  END IF;
END $$;
"""
LAST = """
-- When, before a moment, somebody in the city was last born, died, came or went. Says nothing of whom or where.
CREATE OR REPLACE FUNCTION civil_last_told(before timestamptz) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT recorded_at FROM civil_peristiwa WHERE recorded_at < before AND reverses_id IS NULL
    AND kind IN ('birth', 'death', 'move_in', 'move_out') ORDER BY recorded_at DESC LIMIT 1
$$;
"""
RIGHTS = """
REVOKE ALL ON FUNCTION civil_birthdays(text[], int, date, date), civil_last_told(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION civil_last_told(timestamptz) TO pasti_app;
"""
UNDO = "DROP FUNCTION civil_last_told(timestamptz);"  # the newer ways of reading serve an older program too


class Migration(migrations.Migration):
    dependencies = [("civil", "0012_find_people")]
    operations = [migrations.RunSQL(READ + LEDGER + LAST + RIGHTS, UNDO)]
