"""Restricted records: until lifted, only a scope of the whole city or one that names the person finds them."""

from django.db import migrations, models

from pasti.kernel.accounts.row_locks import AREAS, PEOPLE, WHOLE_CITY

AREA, NAMED = f"rt_code::text = ANY ({AREAS})", f"id = ANY ({PEOPLE})"
OPEN = f"(({AREA}) AND (restricted_since IS NULL OR {WHOLE_CITY}))"


def policies(seen: str) -> str:
    """The policies of people, where `seen` says what an area lets one see."""
    return f"""
DROP POLICY civil_person_read ON civil_person;
DROP POLICY civil_person_change ON civil_person;
CREATE POLICY civil_person_read ON civil_person FOR SELECT TO pasti_app USING ({seen} OR {NAMED});
CREATE POLICY civil_person_change ON civil_person FOR UPDATE TO pasti_app USING ({seen} OR {NAMED}) WITH CHECK ({AREA});
"""


class Migration(migrations.Migration):
    dependencies = [("civil", "0006_imports_by_pointer")]
    operations = [
        migrations.AddField("person", "restricted_since", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(policies(OPEN), policies(AREA)),
    ]
