"""What the guardians of the platform, auditors and administrators, are told."""

from __future__ import annotations

from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.accounts.scope import in_force
from pasti.kernel.clock import today
from pasti.kernel.notify.services import send
from pasti.kernel.outbox.models import StoredEvent

GUARDIANS = ("auditor", "admin")


def attempts_outside_scope(event: StoredEvent) -> None:
    """Tell each guardian once that somebody keeps asking for what is not theirs; what it was stays in the log."""
    told = event.payload
    ids = Assignment.objects.filter(in_force(today()), role__in=GUARDIANS).values_list("user_id", flat=True)
    for user in User.objects.filter(pk__in=ids, is_active=True).distinct():
        with override(user.language):
            role = ROLES.get(told["role"])
            english = get_language_info(user.language)["code"] == "en"
            name = (role.name_en if english else role.name_id) if role else told["role"]
            send(
                user.pk, kind="keamanan", title=_("Percobaan membuka data di luar wilayah tugas"),
                body=_("%(name)s (%(role)s %(unit)s) %(count)s kali meminta data yang tidak boleh dibukanya dalam 10 menit. "
                       "Tidak ada data yang diperlihatkan. Rinciannya ada di catatan audit.")
                % {"name": told["user_name"], "role": name, "unit": told["unit"], "count": told["attempts"]},
                url="/audit/?action=accounts.denied", dedupe_key=f"outside:{event.pk}",
            )  # fmt: skip
