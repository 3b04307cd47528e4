"""Estimates of the waiting time and their scores; neither is ever changed, for measures are computed from them."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

KEEP = """
CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM pasti_app;
"""
UNDO = "DROP TRIGGER {table}_keep ON {table};"
TABLES = ("purut_estimate", "purut_estimatescore")


class Migration(migrations.Migration):
    dependencies = [("purut", "0005_bpjs")]

    operations = [
        migrations.CreateModel(
            name="Estimate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("ahead", models.SmallIntegerField()),
                ("point", models.DateTimeField()),
                ("lower", models.DateTimeField()),
                ("upper", models.DateTimeField()),
                ("basis", models.CharField(choices=[("jadwal", "Schedule"), ("riwayat", "History"), ("hari-ini", "Today")], max_length=8)),
                ("antrean", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="estimates", to="purut.antrean")),
            ],
            options={
                "indexes": [models.Index(fields=["antrean", "-id"], name="estimate_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(lower__lte=F("point"), upper__gte=F("point"), lower__gte=F("made_at")),
                        name="estimate_window_holds_point",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EstimateScore",
            fields=[
                ("estimate", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="score", serialize=False, to="purut.estimate")),
                ("called_at", models.DateTimeField()),
                ("error_minutes", models.FloatField()),
                ("inside", models.BooleanField()),
                ("first", models.BooleanField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["called_at"], name="score_called"),
                    models.Index(fields=["recorded_at"], name="score_recorded"),
                ],
            },
        ),
        *(migrations.RunSQL(KEEP.format(table=table), UNDO.format(table=table)) for table in TABLES),
    ]
