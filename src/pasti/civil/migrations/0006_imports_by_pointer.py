"""How far a batch is committed is one pointer, so that a commit of 200,000 people rewrites no row of the file.

Numbers are unique in the city, but a clerk sees only the own area: two functions of the owner say which numbers are
taken elsewhere, and nothing else of those people.
"""

from django.db import migrations, models

SQL = """
CREATE FUNCTION civil_niks_taken(numbers text[]) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT nik FROM civil_person WHERE nik = ANY (numbers) AND status_dasar <> 9
$$;
CREATE FUNCTION civil_kk_taken(numbers text[]) RETURNS TABLE (number text, id uuid) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT number, id FROM civil_family WHERE number = ANY (numbers)
$$;
REVOKE ALL ON FUNCTION civil_niks_taken(text[]), civil_kk_taken(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION civil_niks_taken(text[]), civil_kk_taken(text[]) TO pasti_app;
"""
UNDO = "DROP FUNCTION civil_niks_taken(text[]); DROP FUNCTION civil_kk_taken(text[]);"


class Migration(migrations.Migration):
    dependencies = [("civil", "0005_lock_the_new_tables")]
    operations = [
        migrations.RemoveField("importrow", "committed"),
        migrations.AddField("importbatch", "document", models.UUIDField(null=True)),
        migrations.AddField("importbatch", "committed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(SQL, UNDO),
    ]
