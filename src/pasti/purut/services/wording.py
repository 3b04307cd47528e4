"""States in the words of the moment's language, for pages and for refusals."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pasti.purut.rules.states import State


class _States(dict[State, str]):
    """The states in words, in the language of the moment."""

    def __missing__(self, state: State) -> str:
        return {
            State.HELD: _("Ditawarkan, menunggu jawaban"),
            State.BOOKED: _("Terdaftar"), State.ADMISSION: _("Menunggu di loket pendaftaran"),
            State.ADMITTING: _("Sedang didaftar di loket"), State.PHARMACY: _("Menunggu obat"),
            State.PREPARING: _("Obat sedang disiapkan"), State.READY: _("Obat siap diambil"),
            State.CHECKED_IN: _("Sudah datang, menunggu dipanggil"),
            State.CALLED: _("Dipanggil"), State.SERVING: _("Sedang dilayani"), State.DONE: _("Selesai"),
            State.SKIPPED: _("Terlewat, akan dipanggil lagi"), State.CANCELLED: _("Dibatalkan"),
            State.NO_SHOW: _("Tidak hadir"),
        }[state]  # fmt: skip


STATES = _States()
