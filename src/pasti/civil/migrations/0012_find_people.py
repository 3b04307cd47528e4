"""Finding people by name, sound and street, and events by the people they touched.

Patterns and array operators may not look under a policy's rows, so they are asked in functions of the owner. These
give ids and ranks alone, of people within the scope of the session; the rows are read under the policies.
"""

from django.db import migrations, models

from pasti.kernel.accounts.row_locks import AREAS, PEOPLE, WHOLE_CITY

FOLDED = r"""
-- As `rules.names.folded`: lower case, without diacritics, apostrophes and points, single spaces.
CREATE FUNCTION civil_folded(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
  SELECT btrim(regexp_replace(lower(translate(regexp_replace(normalize(written, NFKD), '[\u0300-\u036f]', '', 'g'),
    '''`´‘’ʼʿʾ.,-', '')), '\s+', ' ', 'g'))
$$;
CREATE FUNCTION civil_words(folded text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog AS $$
  SELECT array_to_tsvector(array_remove(string_to_array(folded, ' '), ''))
$$;
CREATE INDEX civil_person_words ON civil_person USING gin (civil_words(name_search));
CREATE INDEX civil_address_words ON civil_address USING gin (civil_words(civil_folded(street || ' ' || number)));
CREATE INDEX civil_peristiwa_effects ON civil_peristiwa USING gin (effects jsonb_path_ops);
"""

# Ranks: 0 the name itself, 1 begins with it, 2 its words begin so, 3 they sound so, 4 contain it, 5 the street does.
# One rank after the other is asked for until the page is full: the rare ranks cost only those who need them.
FOUND = f"""
CREATE FUNCTION civil_people_found(
  words text[], sounds text[], by_street boolean, within text[], after_rank int, after_name text, after_id uuid, most int
) RETURNS TABLE (id uuid, rank int, name_search text) LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  areas text[] := {AREAS};
  named uuid[] := {PEOPLE};
  whole text := array_to_string(words, ' ');
  begins text := ''; starts text := ''; sounding text := ''; holds text := ''; stages text[]; sorted text; stage int;
  seen int := 0; got int; word text; at int := 0; scope text;
BEGIN
  IF within IS NOT NULL THEN
    areas := ARRAY(SELECT unnest(areas) INTERSECT SELECT unnest(within));
  END IF;
  -- As the policy of civil_person: by area unless restricted, or by name.
  scope := 'p.rt_code = ANY ($1)' || CASE WHEN {WHOLE_CITY} THEN '' ELSE ' AND p.restricted_since IS NULL' END;
  IF cardinality(named) > 0 THEN
    scope := '(' || scope || ' OR p.id = ANY ($2))';
  END IF;
  FOREACH word IN ARRAY words LOOP
    at := at + 1;
    begins := begins || format(' AND (''' || ' ''' || ' || p.name_search) LIKE %L', '% ' || word || '%');
    starts := starts || format(' & %s:*', quote_literal(word));
    holds := holds || format(' AND p.name_search LIKE %L', '%' || word || '%');
    sounding := sounding || format(' AND (civil_words(p.name_search) @@ %L::tsquery', quote_literal(word) || ':*')
      || CASE WHEN sounds[at] = '' THEN ')' ELSE format(' OR p.name_sounds @> ARRAY[%L]::varchar(12)[])', sounds[at]) END;
  END LOOP;
  IF at = 0 THEN
    sorted := '0'; stages := ARRAY['true'];
  ELSE
    sorted := format('CASE WHEN p.name_search = %L THEN 0 WHEN starts_with(p.name_search, %L) THEN 1 WHEN true%s THEN 2 '
      'WHEN true%s THEN 3 WHEN true%s THEN 4 ELSE 5 END', whole, whole, begins, sounding, holds);
    stages := ARRAY[
      format('p.name_search = %L', whole), format('p.name_search LIKE %L', whole || '%'),
      format('civil_words(p.name_search) @@ %L::tsquery', substr(starts, 4)), 'true' || sounding,
      -- A whole city is read from the index of names alone, a smaller area by the index of areas.
      CASE WHEN cardinality(areas) < 200 THEN 'true' || holds
        ELSE 'p.id IN (SELECT h.id FROM (SELECT p.id FROM civil_person p WHERE true' || holds || ' OFFSET 0) h)' END,
      format('p.id IN (SELECT m.person_id FROM civil_address a JOIN civil_family f ON f.address_id = a.id '
        'JOIN civil_membership m ON m.family_id = f.id AND m.ends IS NULL '
        'WHERE civil_words(civil_folded(a.street || '' '' || a.number)) @@ %L::tsquery)', substr(starts, 4))];
  END IF;
  FOR stage IN coalesce(after_rank, CASE WHEN by_street AND at > 0 THEN 5 ELSE 0 END) .. cardinality(stages) - 1 LOOP
    -- The rank is asked outside, so that the planner may walk the names in order and stop when the page is full.
    RETURN QUERY EXECUTE format(
      'SELECT q.id, %s, q.name FROM (SELECT p.id, p.name_search::text AS name, (%s) AS rank FROM civil_person p '
      'WHERE %s AND (%s) AND p.status_dasar <> 9' || CASE WHEN stage = after_rank
        THEN ' AND p.name_search ~>=~ $3 AND (p.name_search ~>~ $3 OR p.id > $4)' ELSE '' END
      || ' ORDER BY p.name_search USING ~<~, p.id OFFSET 0) q WHERE q.rank = %s LIMIT $5',
      stage, CASE WHEN by_street AND at > 0 THEN '5' ELSE sorted END, scope, stages[stage + 1], stage)
    USING areas, named, after_name, after_id, most - seen;
    GET DIAGNOSTICS got = ROW_COUNT;
    seen := seen + got;
    EXIT WHEN seen >= most;
  END LOOP;
END $$;

CREATE FUNCTION civil_peristiwa_touching(one uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT id FROM civil_peristiwa WHERE person_id = one
  UNION SELECT id FROM civil_peristiwa WHERE effects @> jsonb_build_array(jsonb_build_object('person', one::text))
$$;
REVOKE ALL ON FUNCTION civil_people_found(text[], text[], boolean, text[], int, text, uuid, int) FROM PUBLIC;
REVOKE ALL ON FUNCTION civil_peristiwa_touching(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION civil_people_found(text[], text[], boolean, text[], int, text, uuid, int) TO pasti_app;
GRANT EXECUTE ON FUNCTION civil_peristiwa_touching(uuid) TO pasti_app;
"""

# Who may be one person with whom: people of one birth date with a like name, of one name with a like birth date, and
# children of one mother born too close. Each is a join on equal keys, so a whole city is no square.
ALIKE = """
CREATE FUNCTION civil_lookalikes(ids uuid[]) RETURNS TABLE (first uuid, second uuid) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = off SET enable_mergejoin = off SET work_mem = '64MB' AS $$
  WITH o AS MATERIALIZED (
    SELECT id, birth_date AS b, name_sounds AS s, hash_array_extended(name_sounds, 0) AS h, mother_nik AS m, extract(day FROM birth_date)::int AS d,
      extract(month FROM birth_date)::int AS mo, extract(year FROM birth_date)::int AS y
    FROM civil_person WHERE status_dasar <> 9
  ), n AS MATERIALIZED (
    SELECT o.* FROM o JOIN unnest(ids) AS wanted (id) USING (id)
  ), pairs AS (
    SELECT n.id AS one, o.id AS other FROM n JOIN o ON o.b = n.b AND o.s && n.s
    UNION SELECT n.id, o.id FROM n JOIN o ON o.h = n.h AND o.d = n.d AND o.mo = n.mo
    UNION SELECT n.id, o.id FROM n JOIN o ON o.h = n.h AND o.d = n.d AND o.y = n.y
    UNION SELECT n.id, o.id FROM n JOIN o ON o.h = n.h AND o.mo = n.mo AND o.y = n.y
    UNION SELECT n.id, o.id FROM n JOIN o ON o.h = n.h AND o.y = n.y AND o.d = n.mo AND o.mo = n.d
    UNION SELECT n.id, o.id FROM n JOIN o ON o.m = n.m AND n.m <> '' AND abs(o.b - n.b) BETWEEN 2 AND 270
  )
  SELECT DISTINCT least(one, other), greatest(one, other) FROM pairs WHERE one <> other
$$;
REVOKE ALL ON FUNCTION civil_lookalikes(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION civil_lookalikes(uuid[]) TO pasti_app;
"""
UNDO = """
DROP FUNCTION civil_lookalikes(uuid[]);
DROP FUNCTION civil_peristiwa_touching(uuid);
DROP FUNCTION civil_people_found(text[], text[], boolean, text[], int, text, uuid, int);
DROP INDEX civil_peristiwa_effects, civil_address_words, civil_person_words;
DROP FUNCTION civil_words(text), civil_folded(text);
"""


class Migration(migrations.Migration):
    dependencies = [("civil", "0011_exports")]
    operations = [
        migrations.AddField("duplicatepair", "effects", models.JSONField(default=list)),
        migrations.CreateModel(
            "DuplicateRun",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_until", models.DateTimeField()),
                ("people", models.IntegerField()),
                ("pairs", models.IntegerField()),
                ("finished_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            "peristiwa",
            models.Index(fields=["dukcapil_state", "occurred_on", "id"], name="peristiwa_dukcapil"),
        ),
        migrations.RunSQL(FOLDED + FOUND + ALIKE, UNDO),
    ]
