"""Counting people: remembered by kelurahan, marked by triggers when somebody changed, counted again where marked.

A count is never corrected by a difference, so it cannot drift: it is either what was counted and nothing changed since,
or it is counted now. Marks are only added by those who change people, so they wait for nobody. Every function below
belongs to the owner and gives numbers of a kelurahan or larger to all, of an RW or RT only within the session's scope;
nothing in them leads to a person.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

PLACES = """
CREATE FUNCTION civil_part(code text, depth int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_string((string_to_array(code, '.'))[1:depth], '.')
$$;
CREATE FUNCTION civil_may_count(area text, depth int) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT greatest(depth, cardinality(string_to_array(area, '.'))) <= 4 OR EXISTS (
    SELECT 1 FROM unnest(string_to_array(current_setting('pasti.scope_areas', true), ',')) AS mine
    WHERE mine <> '' AND (area = mine OR starts_with(area, mine || '.')))
$$;
CREATE FUNCTION civil_rt_codes(areas text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT ARRAY(SELECT p.code FROM places_place p JOIN unnest(areas) AS area
    ON p.code = area OR starts_with(p.code, area || '.') WHERE p.level = 'rt')
$$;
"""

# Ten sides, in this order: age group, sex, religion, education, occupation, marital status, blood type, citizenship,
# residency, relation to the head (0: on no card). The age group is that of the day: 0 for 0-4 years to 15 for 75 on.
COUNTING = """
CREATE FUNCTION civil_age_edges(day date) RETURNS date[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY(SELECT (day - make_interval(years => 5 * step))::date + 1 FROM generate_series(15, 1, -1) AS step)
$$;
-- `edges` from civil_age_edges, made once: a function in a scan is called for every row. The card is looked up person
-- by person, so that a kelurahan costs the same in a larger city, and only where the relation is asked for.
CREATE FUNCTION civil_sides(codes text[], edges date[], related boolean) RETURNS TABLE (rt_code varchar, side smallint[])
LANGUAGE sql STABLE AS $$
  SELECT p.rt_code, ARRAY[(15 - width_bucket(p.birth_date, edges))::smallint, p.sex, p.religion,
    p.education, p.occupation, p.marital_status, p.blood_type, p.citizenship, p.residency, CASE WHEN related THEN coalesce(
      (SELECT m.relation FROM civil_membership m WHERE m.person_id = p.id AND m.ends IS NULL), 0::smallint) END]
  FROM civil_person p WHERE p.rt_code = ANY (codes) AND p.status_dasar = 1
$$;
-- What is missing: 0 everybody, 1 NIK, 2 family card, 3 mother's name, 4 father's name, 5 the card not looked at for a
-- year, 6 blood type, 7 birth certificate of a child.
CREATE FUNCTION civil_gaps(codes text[], day date) RETURNS TABLE (rt_code varchar, gap smallint)
LANGUAGE sql STABLE AS $$
  SELECT p.rt_code, gap::smallint FROM civil_person p
  LEFT JOIN LATERAL (SELECT coalesce(f.verified_on, '-infinity') AS looked FROM civil_membership m
    JOIN civil_family f ON f.id = m.family_id WHERE m.person_id = p.id AND m.ends IS NULL LIMIT 1) card ON true
  CROSS JOIN LATERAL unnest(ARRAY[0, CASE WHEN p.nik IS NULL THEN 1 END, CASE WHEN card.looked IS NULL THEN 2 END,
    CASE WHEN p.mother_name = '' THEN 3 END, CASE WHEN p.father_name = '' THEN 4 END,
    CASE WHEN card.looked < day - interval '1 year' THEN 5 END, CASE WHEN p.blood_type = 13 THEN 6 END,
    CASE WHEN p.birth_certificate = '' AND p.birth_date > day - interval '18 years' THEN 7 END]) AS gap
  WHERE p.rt_code = ANY (codes) AND p.status_dasar = 1 AND gap IS NOT NULL
$$;
-- One table, cell by cell, counted from the records; `depth` is how many parts of a place's code to keep.
CREATE FUNCTION civil_cells(codes text[], depth int, kind int, day date)
RETURNS TABLE (place text, first smallint, second smallint, people bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE edges date[] := civil_age_edges(day);
BEGIN
  IF kind = 0 THEN
    RETURN QUERY SELECT civil_part(g.rt_code, depth), g.gap, 0::smallint, count(*) FROM civil_gaps(codes, day) g GROUP BY 1, 2;
  ELSE
    RETURN QUERY SELECT civil_part(c.rt_code, depth), c.a, c.b, sum(c.n)::bigint FROM (
      SELECT s.rt_code, s.side[kind / 16] AS a, s.side[kind % 16] AS b, count(*) AS n
      FROM civil_sides(codes, edges, 10 IN (kind / 16, kind % 16)) s GROUP BY 1, 2, 3) c GROUP BY 1, 2, 3;
  END IF;
END $$;
"""

REMEMBERING = """
CREATE FUNCTION civil_kinds() RETURNS SETOF smallint LANGUAGE sql IMMUTABLE AS $$
  SELECT 0::smallint UNION ALL
  SELECT (16 * a + b)::smallint FROM generate_series(1, 10) AS a, generate_series(1, 10) AS b WHERE a < b
$$;
-- Count all tables of one kelurahan and take its marks away, in one statement: what it counts is what it unmarks.
CREATE FUNCTION civil_tally_refresh(place text, on_day date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  codes text[] := civil_rt_codes(ARRAY[place]);
  edges date[] := civil_age_edges(on_day);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(place, 13));
  WITH gone AS (DELETE FROM civil_tallymark WHERE kelurahan = place),
  people AS MATERIALIZED (SELECT side, count(*) AS n FROM civil_sides(codes, edges, true) GROUP BY side),
  cells AS (
    SELECT k AS kind, side[k / 16] AS a, side[k % 16] AS b, sum(n)::int AS n
    FROM people CROSS JOIN civil_kinds() AS k WHERE k > 0 GROUP BY 1, 2, 3
    UNION ALL SELECT 0, gap, 0, count(*)::int FROM civil_gaps(codes, on_day) GROUP BY gap)
  INSERT INTO civil_tally (kelurahan, kind, day, first, second, people)
  SELECT place, k, on_day, coalesce(array_agg(a) FILTER (WHERE n IS NOT NULL), '{}'),
    coalesce(array_agg(b) FILTER (WHERE n IS NOT NULL), '{}'), coalesce(array_agg(n) FILTER (WHERE n IS NOT NULL), '{}')
  FROM civil_kinds() AS k LEFT JOIN cells ON cells.kind = k GROUP BY k
  ON CONFLICT (kelurahan, kind) DO UPDATE
  SET day = excluded.day, first = excluded.first, second = excluded.second, people = excluded.people;
END $$;
-- The kelurahan whose remembered counts do not hold any more.
CREATE FUNCTION civil_tally_stale(on_day date) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT code FROM places_place WHERE level = 'kelurahan'
  EXCEPT SELECT kelurahan FROM civil_tally t WHERE kind = 0 AND day = on_day
    AND NOT EXISTS (SELECT 1 FROM civil_tallymark m WHERE m.kelurahan = t.kelurahan)
$$;
-- One table of an area by kelurahan (depth 4: remembered where that still holds, counted now where it does not), by RW
-- (5) or RT (6: always counted now).
CREATE FUNCTION civil_tally_read(area text, depth int, kind_wanted int, on_day date)
RETURNS TABLE (place text, first smallint, second smallint, people bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE stale text[];
BEGIN
  IF NOT civil_may_count(area, depth) THEN
    RETURN;
  ELSIF depth > 4 THEN
    RETURN QUERY SELECT * FROM civil_cells(civil_rt_codes(ARRAY[area]), depth, kind_wanted, on_day);
  ELSE
    stale := ARRAY(SELECT code FROM civil_tally_stale(on_day) AS code WHERE code = area OR starts_with(code, area || '.'));
    RETURN QUERY
    SELECT t.kelurahan::text, u.a, u.b, u.n::bigint
    FROM civil_tally t CROSS JOIN LATERAL unnest(t.first, t.second, t.people) AS u (a, b, n)
    WHERE t.kind = kind_wanted AND (t.kelurahan = area OR starts_with(t.kelurahan, area || '.'))
      AND t.kelurahan <> ALL (stale);
    IF stale <> '{}' THEN
      RETURN QUERY SELECT * FROM civil_cells(civil_rt_codes(stale), 4, kind_wanted, on_day);
    END IF;
  END IF;
END $$;
"""

# What the ledger says. `zone` makes a day of a moment.
LEDGER = """
CREATE FUNCTION civil_ledger_net(area text, depth int, since timestamptz, until timestamptz, zone text)
RETURNS TABLE (place text, sex smallint, month date, people bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE codes text[] := civil_rt_codes(ARRAY[area]);
BEGIN
  IF civil_may_count(area, depth) THEN
    RETURN QUERY SELECT civil_part(n.rt_code, depth), n.sex, n.month, sum(n.people)::bigint FROM (
      SELECT v.rt_code, v.sex, date_trunc('month', v.recorded_at AT TIME ZONE zone)::date AS month, sum(v.sign) AS people
      FROM civil_personversion v WHERE v.recorded_at >= since AND v.recorded_at < until AND v.status_dasar = 1
        AND v.rt_code = ANY (codes) GROUP BY 1, 2, 3) n GROUP BY 1, 2, 3;
  END IF;
END $$;
-- Age group and sex as the register knew them at `moment`, the ages those of `on_day`.
CREATE FUNCTION civil_ledger_at(area text, depth int, moment timestamptz, on_day date)
RETURNS TABLE (place text, first smallint, second smallint, people bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  codes text[] := civil_rt_codes(ARRAY[area]);
  edges date[] := civil_age_edges(on_day);
BEGIN
  IF civil_may_count(area, depth) THEN
    RETURN QUERY SELECT civil_part(n.rt_code, depth), n.a, n.sex, sum(n.people)::bigint FROM (
      SELECT v.rt_code, (15 - width_bucket(v.birth_date, edges))::smallint AS a, v.sex, sum(v.sign) AS people
      FROM civil_personversion v WHERE v.recorded_at < moment AND v.status_dasar = 1
        AND v.rt_code = ANY (codes) GROUP BY 1, 2, 3) n
    GROUP BY 1, 2, 3 HAVING sum(n.people) <> 0;
  END IF;
END $$;
-- Who came and went by events recorded in a time and not taken back by its end: from where (empty: nowhere here) to where.
CREATE FUNCTION civil_mutations(area text, depth int, since timestamptz, until timestamptz, zone text)
RETURNS TABLE (month date, kind text, source text, target text, sex smallint, people bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF civil_may_count(area, depth) THEN
    RETURN QUERY
    WITH told AS (
      SELECT e.kind, e.rt_code, e.effects, date_trunc('month', e.recorded_at AT TIME ZONE zone)::date AS month
      FROM civil_peristiwa e WHERE e.recorded_at >= since AND e.recorded_at < until AND e.reverses_id IS NULL
        AND e.kind IN ('birth', 'death', 'move_in', 'move_out', 'move_within')
        AND NOT EXISTS (SELECT 1 FROM civil_peristiwa r WHERE r.reverses_id = e.id
          AND date_trunc('month', r.recorded_at AT TIME ZONE zone) = date_trunc('month', e.recorded_at AT TIME ZONE zone))),
    one AS (
      SELECT t.month, t.kind, (x ->> 'person')::uuid AS person,
        CASE t.kind WHEN 'move_within' THEN x -> 'before' ->> 'rt_code' WHEN 'death' THEN t.rt_code
          WHEN 'move_out' THEN t.rt_code ELSE '' END AS source,
        CASE t.kind WHEN 'move_within' THEN x -> 'after' ->> 'rt_code' WHEN 'birth' THEN t.rt_code
          WHEN 'move_in' THEN t.rt_code ELSE '' END AS target
      FROM told t CROSS JOIN LATERAL jsonb_array_elements(t.effects) AS x
      WHERE CASE WHEN t.kind IN ('birth', 'move_in') THEN x ->> 'act' = 'register'
        ELSE x ->> 'act' = 'set' AND CASE t.kind WHEN 'death' THEN x -> 'after' ->> 'status_dasar' = '2'
          WHEN 'move_out' THEN x -> 'after' ->> 'status_dasar' = '3' ELSE x -> 'after' ? 'rt_code' END END)
    SELECT o.month, o.kind::text, civil_part(o.source, depth), civil_part(o.target, depth), p.sex, count(*)
    FROM one o JOIN civil_person p ON p.id = o.person
    WHERE o.source = area OR starts_with(o.source, area || '.') OR o.target = area OR starts_with(o.target, area || '.')
    GROUP BY 1, 2, 3, 4, 5;
  END IF;
END $$;
"""

MARKS = """
CREATE FUNCTION civil_mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO civil_tallymark (kelurahan) SELECT DISTINCT civil_part(c.rt_code, 4) FROM (
      SELECT DISTINCT rt_code FROM now_so) c;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO civil_tallymark (kelurahan) SELECT DISTINCT civil_part(c.rt_code, 4) FROM (
      SELECT DISTINCT rt_code FROM was_so) c;
  ELSE
    INSERT INTO civil_tallymark (kelurahan) SELECT DISTINCT civil_part(c.rt_code, 4) FROM (
      SELECT rt_code FROM was_so UNION SELECT rt_code FROM now_so) c;
  END IF;
  RETURN NULL;
END $$;
"""
# A person is counted where the person lives, even on a card that stands elsewhere. The lock waits for one who is moving
# the person at this moment: else the place left would be marked and the new one not.
ELSEWHERE = """
CREATE FUNCTION civil_mark_people() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    WITH theirs AS MATERIALIZED (
      SELECT rt_code FROM civil_person WHERE id IN (SELECT person_id FROM was_so) FOR SHARE)
    INSERT INTO civil_tallymark (kelurahan) SELECT DISTINCT civil_part(t.rt_code, 4) FROM (
      SELECT DISTINCT rt_code FROM theirs) t;
  ELSE
    WITH theirs AS MATERIALIZED (
      SELECT rt_code FROM civil_person WHERE id IN (SELECT person_id FROM now_so) FOR SHARE)
    INSERT INTO civil_tallymark (kelurahan) SELECT DISTINCT civil_part(t.rt_code, 4) FROM (
      SELECT DISTINCT rt_code FROM theirs) t;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION civil_mark_cards() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO civil_tallymark (kelurahan) SELECT DISTINCT civil_part(c.rt_code, 4) FROM (
    SELECT DISTINCT p.rt_code FROM now_so f JOIN civil_membership m ON m.family_id = f.id AND m.ends IS NULL
    JOIN civil_person p ON p.id = m.person_id) c;
  RETURN NULL;
END $$;
"""


def marked(table: str, function: str, *acts: str) -> str:
    """Statement-level triggers: one mark a statement and kelurahan, however many rows it touched."""
    rows = {"insert": "NEW TABLE AS now_so", "delete": "OLD TABLE AS was_so",
            "update": "OLD TABLE AS was_so NEW TABLE AS now_so"}
    return "".join(
        f"CREATE TRIGGER {table}_{act}_marks AFTER {act.upper()} ON {table} REFERENCING {rows[act]} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n" for act in acts
    )


TRIGGERS = (
    marked("civil_person", "civil_mark", "insert", "update", "delete")
    + marked("civil_membership", "civil_mark_people", "insert", "update", "delete")
    + marked("civil_family", "civil_mark_cards", "update")
)

OFFERED = (
    "civil_tally_read(text, int, int, date)", "civil_tally_refresh(text, date)", "civil_tally_stale(date)",
    "civil_ledger_net(text, int, timestamptz, timestamptz, text)",
    "civil_ledger_at(text, int, timestamptz, date)",
    "civil_mutations(text, int, timestamptz, timestamptz, text)",
)
INNER = (
    "civil_mark()", "civil_mark_people()", "civil_mark_cards()", "civil_cells(text[], int, int, date)", "civil_kinds()",
    "civil_gaps(text[], date)", "civil_sides(text[], date[], boolean)", "civil_age_edges(date)", "civil_rt_codes(text[])",
    "civil_may_count(text, int)", "civil_part(text, int)",
)
RIGHTS = f"""
REVOKE ALL ON civil_tally, civil_tallymark FROM pasti_app;
REVOKE ALL ON FUNCTION {", ".join(OFFERED)} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {", ".join(OFFERED)} TO pasti_app;
"""
SQL = PLACES + COUNTING + REMEMBERING + LEDGER + MARKS + ELSEWHERE + TRIGGERS + RIGHTS
UNDO = "".join(
    f"DROP TRIGGER {table}_{act}_marks ON {table};\n"
    for table, acts in (("civil_person", ("insert", "update", "delete")),
                        ("civil_membership", ("insert", "update", "delete")), ("civil_family", ("update",)))
    for act in acts
) + "".join(f"DROP FUNCTION {name};\n" for name in (*OFFERED, *INNER))


class Migration(migrations.Migration):
    dependencies = [("civil", "0007_restriction"), ("places", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kelurahan", models.CharField(max_length=40)),
                ("kind", models.SmallIntegerField()),
                ("day", models.DateField()),
                ("first", django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ("second", django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ("people", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kelurahan", "kind"), name="tally_once")]},
        ),
        migrations.CreateModel(
            name="TallyMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kelurahan", models.CharField(max_length=40)),
            ],
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
