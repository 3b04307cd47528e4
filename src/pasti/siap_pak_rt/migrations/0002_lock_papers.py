"""The second lock on papers. What a paper says never changes; checks are only added.

Whoever holds a code may know what it shows to anyone: a function of the owner gives exactly that, by the code or by
the SHA-256 of the file. Whose paper it is, as a number that is shown to nobody, lets the check be recorded where that
person sees it.
"""

from django.db import migrations

from pasti.kernel.accounts.row_locks import PEOPLE, protect, release

SUBJECT = f"subject_id = ANY ({PEOPLE})"
RIGHTS = """
REVOKE UPDATE, DELETE, TRUNCATE ON siap_pak_rt_paper, siap_pak_rt_papercheck FROM pasti_app;
GRANT UPDATE (state, signature, certified, sha256, size, ready_at, attempts, problem, revoked_at, ended, revoke_reason)
  ON siap_pak_rt_paper TO pasti_app;

CREATE FUNCTION siap_pak_rt_paper_known(wanted text, digest text) RETURNS TABLE (
  id uuid, code text, subject_id uuid, kind text, title text, number text, issuer text, issued_on date, state text,
  signature text, certified boolean, masked_name text, revoked_at timestamptz, ended text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.code, p.subject_id, p.kind, p.title, p.number, p.issuer, p.issued_on, p.state, p.signature, p.certified,
    p.masked_name, p.revoked_at, p.ended
  FROM siap_pak_rt_paper p WHERE p.code = wanted OR (digest <> '' AND p.sha256 = digest) LIMIT 1
$$;
REVOKE ALL ON FUNCTION siap_pak_rt_paper_known(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION siap_pak_rt_paper_known(text, text) TO pasti_app;
"""
SQL = (
    protect("siap_pak_rt_paper", place="issuer_code", named=SUBJECT)
    + protect("siap_pak_rt_papercheck", place="issuer_code", named=SUBJECT, named_may_write=True)
    + RIGHTS
)
UNDO = "DROP FUNCTION siap_pak_rt_paper_known(text, text);\n" + "".join(
    map(release, ("siap_pak_rt_paper", "siap_pak_rt_papercheck"))
)


class Migration(migrations.Migration):
    dependencies = [("siap_pak_rt", "0001_papers"), ("places", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
