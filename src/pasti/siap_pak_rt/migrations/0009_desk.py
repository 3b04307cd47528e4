"""The RT's reports with their steps, boarding houses and guests, behind the second lock."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from pasti.kernel.accounts.row_locks import PEOPLE, protect, release


OWNED = f"ARRAY(SELECT k.id FROM siap_pak_rt_kos k WHERE k.owner_id = ANY ({PEOPLE}))"
MINE = f"ARRAY(SELECT l.id FROM siap_pak_rt_laporan l WHERE l.person_id = ANY ({PEOPLE}))"
# The owner of a house may write of it; whom a report is about may read it. Steps stay as they were written.
LOCKS = (
    protect("siap_pak_rt_kos", named=f"owner_id = ANY ({PEOPLE})", named_may_write=True)
    + protect("siap_pak_rt_tamu", named=f"kos_id = ANY ({OWNED})", named_may_write=True)
    + protect("siap_pak_rt_laporan", named=f"person_id = ANY ({PEOPLE})")
    + protect("siap_pak_rt_laporanstep", named=f"laporan_id = ANY ({MINE})")
    + """
REVOKE UPDATE, DELETE, TRUNCATE ON siap_pak_rt_laporanstep FROM pasti_app;
REVOKE DELETE, TRUNCATE ON siap_pak_rt_laporan, siap_pak_rt_tamu, siap_pak_rt_kos FROM pasti_app;
"""
)
TABLES = ("siap_pak_rt_laporanstep", "siap_pak_rt_laporan", "siap_pak_rt_tamu", "siap_pak_rt_kos")
UNLOCK = "".join(map(release, TABLES))


class Migration(migrations.Migration):

    dependencies = [
        ('siap_pak_rt', '0008_lock_the_proofs'),
        ('civil', '0006_imports_by_pointer'),
    ]

    operations = [
        migrations.CreateModel(
            name='Kos',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('kos', 'Kos'), ('rented', 'Rented')], max_length=8)),
                ('name', models.CharField(max_length=80)),
                ('street', models.CharField(max_length=150)),
                ('rt_code', models.CharField(max_length=40)),
                ('rooms', models.SmallIntegerField(default=1)),
                ('vacant', models.SmallIntegerField(default=0)),
                ('owner_name', models.CharField(max_length=150)),
                ('owner_phone', models.CharField(blank=True, max_length=20)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='civil.person')),
            ],
        ),
        migrations.CreateModel(
            name='Laporan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('birth', 'birth'), ('stillbirth', 'stillbirth'), ('death', 'death'), ('move_in', 'move_in'), ('move_out', 'move_out'), ('move_within', 'move_within'), ('marriage', 'marriage'), ('divorce', 'divorce'), ('missing', 'missing'), ('data_change', 'data_change'), ('temporary', 'temporary')], max_length=12)),
                ('rt_code', models.CharField(max_length=40)),
                ('occurred_on', models.DateField()),
                ('told', models.JSONField(default=dict)),
                ('sure', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('submitted', 'Submitted'), ('returned', 'Returned'), ('confirmed', 'Confirmed'), ('withdrawn', 'Withdrawn'), ('reversed', 'Reversed')], default='submitted', max_length=10)),
                ('version', models.SmallIntegerField(default=1)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('reporter_id', models.UUIDField(null=True)),
                ('reporter_name', models.CharField(max_length=200)),
                ('client_id', models.CharField(blank=True, max_length=64, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('sent_on', models.DateField()),
                ('sent_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.UUIDField(null=True)),
                ('decided_name', models.CharField(blank=True, max_length=200)),
                ('family', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='civil.family')),
                ('peristiwa', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='civil.peristiwa')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='civil.person')),
            ],
        ),
        migrations.CreateModel(
            name='LaporanStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=10)),
                ('told', models.JSONField(default=dict)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('actor_id', models.UUIDField(null=True)),
                ('actor_name', models.CharField(max_length=200)),
                ('actor_role', models.CharField(max_length=30)),
                ('actor_unit', models.CharField(max_length=200)),
                ('rt_code', models.CharField(max_length=40)),
                ('laporan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='siap_pak_rt.laporan')),
            ],
        ),
        migrations.CreateModel(
            name='Tamu',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rt_code', models.CharField(max_length=40)),
                ('room', models.CharField(blank=True, max_length=10)),
                ('host', models.CharField(blank=True, max_length=150)),
                ('name', models.CharField(max_length=150)),
                ('nik', models.CharField(blank=True, max_length=16)),
                ('origin', models.CharField(max_length=100)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('state', models.CharField(choices=[('here', 'Here'), ('overdue', 'Overdue'), ('left', 'Left'), ('resident', 'Resident')], default='here', max_length=8)),
                ('left_on', models.DateField(blank=True, null=True)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('reported_by', models.UUIDField(null=True)),
                ('reported_name', models.CharField(max_length=200)),
                ('by_owner', models.BooleanField(default=False)),
                ('client_id', models.CharField(blank=True, max_length=64, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('family', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='civil.family')),
                ('kos', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tamu', to='siap_pak_rt.kos')),
            ],
        ),
        migrations.AddField(
            model_name='laporan',
            name='tamu',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='laporan', to='siap_pak_rt.tamu'),
        ),
        migrations.AddIndex(
            model_name='kos',
            index=models.Index(fields=['rt_code', 'name'], name='kos_area'),
        ),
        migrations.AddIndex(
            model_name='kos',
            index=models.Index(fields=['owner'], name='kos_owner'),
        ),
        migrations.AddConstraint(
            model_name='kos',
            constraint=models.CheckConstraint(condition=models.Q(('rooms__range', (1, 300))), name='kos_rooms'),
        ),
        migrations.AddConstraint(
            model_name='kos',
            constraint=models.CheckConstraint(condition=models.Q(('vacant__gte', 0), ('vacant__lte', models.F('rooms'))), name='kos_vacant'),
        ),
        migrations.AddIndex(
            model_name='laporanstep',
            index=models.Index(fields=['laporan', 'id'], name='laporanstep_of'),
        ),
        migrations.AddIndex(
            model_name='laporanstep',
            index=models.Index(fields=['rt_code', '-id'], name='laporanstep_area'),
        ),
        migrations.AddIndex(
            model_name='tamu',
            index=models.Index(fields=['rt_code', 'state', 'until'], name='tamu_area'),
        ),
        migrations.AddIndex(
            model_name='tamu',
            index=models.Index(fields=['kos', 'state'], name='tamu_kos'),
        ),
        migrations.AddIndex(
            model_name='tamu',
            index=models.Index(condition=models.Q(('state__in', ['here', 'overdue'])), fields=['until'], name='tamu_open'),
        ),
        migrations.AddConstraint(
            model_name='tamu',
            constraint=models.UniqueConstraint(fields=('reported_by', 'client_id'), name='tamu_once'),
        ),
        migrations.AddConstraint(
            model_name='tamu',
            constraint=models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='tamu_order'),
        ),
        migrations.AddConstraint(
            model_name='tamu',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['here', 'overdue']), ('left_on__isnull', False), _connector='OR'), name='tamu_left'),
        ),
        migrations.AddIndex(
            model_name='laporan',
            index=models.Index(fields=['rt_code', 'state', 'sent_at'], name='laporan_area'),
        ),
        migrations.AddIndex(
            model_name='laporan',
            index=models.Index(fields=['person', '-recorded_at'], name='laporan_person'),
        ),
        migrations.AddIndex(
            model_name='laporan',
            index=models.Index(fields=['recorded_at'], name='laporan_recorded'),
        ),
        migrations.AddConstraint(
            model_name='laporan',
            constraint=models.UniqueConstraint(fields=('reporter_id', 'client_id'), name='laporan_once'),
        ),
        migrations.AddConstraint(
            model_name='laporan',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ('death', 'divorce', 'marriage', 'missing', 'move_out', 'stillbirth')), ('state__in', ['submitted', 'returned'])), fields=('person', 'kind'), name='laporan_one_open'),
        ),
        migrations.AddConstraint(
            model_name='laporan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['returned', 'reversed']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='laporan_reason'),
        ),
        migrations.AddConstraint(
            model_name='laporan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed', 'reversed']), _negated=True), ('peristiwa__isnull', False), _connector='OR'), name='laporan_in_register'),
        ),
        migrations.RunSQL(LOCKS, UNLOCK),
    ]
