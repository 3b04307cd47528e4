"""Each look of an RT at a family card, kept: only added to, behind the second lock."""

import django.db.models.deletion
from django.db import migrations, models

from pasti.kernel.accounts.row_locks import PEOPLE, protect, release


FAMILIES = f"ARRAY(SELECT m.family_id FROM civil_membership m WHERE m.person_id = ANY ({PEOPLE}))"
LOCK = protect("civil_familycheck", named=f"family_id = ANY ({FAMILIES})") + (
    "REVOKE UPDATE, DELETE, TRUNCATE ON civil_familycheck FROM pasti_app;"
)


class Migration(migrations.Migration):

    dependencies = [
        ('civil', '0008_statistics'),
    ]

    operations = [
        migrations.CreateModel(
            name='FamilyCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rt_code', models.CharField(max_length=40)),
                ('recorded_at', models.DateTimeField()),
                ('family', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='civil.family')),
            ],
            options={
                'indexes': [models.Index(fields=['recorded_at'], name='family_check_recorded')],
                'constraints': [models.UniqueConstraint(fields=('family', 'day'), name='family_check_once')],
            },
        ),
        migrations.RunSQL(LOCK, release("civil_familycheck")),
    ]
