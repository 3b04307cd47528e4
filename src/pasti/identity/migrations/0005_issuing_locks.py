"""The second lock on activations, cards and copies, and the first status list.

Who holds a card may stop it, so the person named may write too. What was seen at the counter, and what happened, stays.
"""

from django.db import migrations

from pasti.kernel.accounts.row_locks import PEOPLE, protect, release

OWN = f"person_id = ANY ({PEOPLE})"
LOCKED = ("identity_activation", "identity_card", "identity_cardstep", "identity_credential")
RIGHTS = """
REVOKE UPDATE, DELETE, TRUNCATE ON identity_activation, identity_card, identity_cardstep, identity_credential,
  identity_statuslist, identity_statusentry, identity_usednonce FROM pasti_app;
GRANT UPDATE (state, second_id, second_name, second_at, round, expires_at, attempts, token_digest, token_expires_at,
  answers, issued_at) ON identity_activation TO pasti_app;
GRANT UPDATE (state, why, stopped_at, rt_code) ON identity_card TO pasti_app;
GRANT UPDATE (taken, version, changed_at) ON identity_statuslist TO pasti_app;
GRANT UPDATE (value) ON identity_statusentry TO pasti_app;
GRANT DELETE ON identity_usednonce TO pasti_app;
INSERT INTO identity_statuslist (number, size, taken, version, changed_at) VALUES (1, 1048576, 0, 0, now());
"""
SQL = "".join(protect(table, named=OWN, named_may_write=table != "identity_activation") for table in LOCKED) + RIGHTS
UNDO = "".join(map(release, LOCKED))


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_issuing"), ("places", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
