from django.db import migrations, models

# Until now every account was made at a desk by an officer who saw the card, or for an official by the own office.
SEEN = "UPDATE accounts_user SET seen_at = joined_at WHERE person_id IS NOT NULL OR kind = 'official'"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_ended_and_deputies")]

    operations = [
        migrations.AddField("user", "seen_at", models.DateTimeField(null=True, blank=True)),
        migrations.RunSQL(SEEN, migrations.RunSQL.noop),
    ]
