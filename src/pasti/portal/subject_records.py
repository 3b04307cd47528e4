"""What the front door and the kernel hold about one person: account, roles, messages, files, and who looked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.accounts.models import User
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.documents import queries as documents
from pasti.kernel.notify.queries import inbox
from pasti.kernel.publish.registry import registry


def account(person_id: UUID) -> list[dict[str, Any]]:
    """The account with its roles, messages and files; empty without an account."""
    user = User.objects.filter(person_id=person_id).first()
    if user is None:
        return []
    own = {
        "catatan": "akun", "nama_pengguna": user.username, "nama": user.name, "surel": user.email, "telepon": user.phone,
        "bahasa": user.language, "dibuat_pada": user.joined_at, "terakhir_masuk": user.last_login,
    }  # fmt: skip
    roles = [
        {"catatan": "peran", "peran": one.role, "unit": one.unit_name, "sejak": one.starts, "sampai": one.ends}
        for one in user.assignments.order_by("id")
    ]
    messages = [
        {"catatan": "pesan", "judul": one.title, "isi": one.body, "dikirim_pada": one.created_at, "dibaca_pada": one.read_at}
        for one in inbox(user.pk)
    ]  # fmt: skip
    files = [
        {"catatan": "berkas", "nama": one.name, "jenis": one.media_type, "ukuran_bita": one.size,
         "sha256": one.sha256, "disimpan_pada": one.created_at}
        for one in documents.mine(user)
    ]  # fmt: skip
    return [own, *roles, *messages, *files]


def trail(person_id: UUID) -> list[dict[str, Any]]:
    """The processing trail in words, newest first: article 32 gives it together with the data."""
    actions, purposes = registry().actions, registry().purposes
    return [
        {
            "catatan": "jejak akses", "waktu": one.at, "oleh": one.actor_name, "peran": one.actor_role,
            "unit": one.actor_unit, "melakukan": actions[one.action].text_id if one.action in actions else one.action,
            "isian": one.fields,
            "untuk": purposes[one.purpose].name_id if one.purpose in purposes else one.purpose,
            "dasar_hukum": purposes[one.purpose].legal_basis if one.purpose in purposes else "",
        }
        for one in trail_of(person_id).iterator()
    ]  # fmt: skip
