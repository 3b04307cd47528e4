"""Reading proofs, within the scope."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from pasti.civil.queries import household_ids, rt_of
from pasti.kernel.accounts.access import held_for, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.services import record_read
from pasti.kernel.errors import NotFound
from pasti.siap_pak_rt.models import Attachment

PURPOSE = "siap_pak_rt.bukti"
PERMISSION = "siap_pak_rt.attachments"


def of(to: str) -> list[Attachment]:
    """The proofs of one report or letter ("laporan:<uuid>", "letter:<uuid>") within the scope in force, oldest first."""
    return list(Attachment.objects.filter(claimed_to=to).select_related("document").order_by("created_at", "id"))


def scope_of_reader(user: User) -> Scope:
    """Where `user` may see proofs: the areas of roles that may, and the own family's."""
    scope = scope_where(user, PERMISSION, PURPOSE)
    return scope.with_people(tuple(household_ids(user.person_id))) if user.person_id else scope


def opened(attachment_id: UUID) -> tuple[Attachment, IO[bytes]]:
    """One proof within the scope and its bytes; the person it is about sees who opened it. Raises NotFound."""
    found = Attachment.objects.filter(pk=attachment_id).select_related("document").first()
    if found is None:
        raise NotFound
    try:
        source = found.document.path.open("rb")
    except FileNotFoundError:
        raise NotFound from None
    record_read(
        found.subject_id, "siap_pak_rt.attachment.read", purpose=PURPOSE, fields=("file",),
        object_type="attachment", object_id=found.pk, object_label=found.document.name,
    )  # fmt: skip
    return found, source


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """Every proof about a person, for that person's own copy. The file itself opens from the report or the letter."""
    with scoped(Scope.of_person(person_id, PURPOSE)):
        rows = list(Attachment.objects.filter(subject_id=person_id).select_related("document").order_by("created_at"))
    return [
        {"catatan": "berkas bukti", "nama": one.document.name, "ukuran": one.document.size, "untuk": one.claimed_to,
         "disimpan_pada": one.created_at, "alamat": f"/siap-pak-rt/lampiran/{one.pk}/"}
        for one in rows
    ]  # fmt: skip


def about(user: User) -> tuple[str, UUID | None]:
    """RT and subject of a proof when its sender names none: the RT led, else the own home and the own person."""
    led = [one.area_code for one in held_for(user, PERMISSION) if one.role == "ketua_rt"]
    if led:
        return led[0], None
    return (rt_of(user.person_id), user.person_id) if user.person_id else ("", None)
