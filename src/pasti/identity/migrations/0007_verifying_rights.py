"""Questions of desks stay as they were asked; only the answer is added."""

from django.db import migrations

RIGHTS = """
REVOKE UPDATE, DELETE, TRUNCATE ON identity_presentationrequest, identity_verifier, identity_verifierpurpose FROM pasti_app;
GRANT UPDATE (state, cause, answered_at) ON identity_presentationrequest TO pasti_app;
GRANT UPDATE ON identity_verifier, identity_verifierpurpose TO pasti_app;
REVOKE UPDATE, TRUNCATE ON identity_shown FROM pasti_app;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_verifying")]
    operations = [migrations.RunSQL(RIGHTS, migrations.RunSQL.noop)]
