"""The holder's wallet."""

from __future__ import annotations

from pasti.kernel.publish.types import Service

SERVICES = [
    Service(
        code="dompet-kartu",
        name_id="Dompet Kartu Warga Digital", name_en="Wallet of the digital resident card",
        purpose_id="Simpan Kartu Warga Digital di ponsel, tunjukkan hanya data yang diminta, dan lihat siapa yang pernah memeriksa.",
        purpose_en="Keep the digital resident card on a phone, show only what is asked, and see who checked it.",
        agency="DISPENDUKCAPIL", dimensions=("governance",), life_events=(),
        audience_id="Warga yang sudah mengaktifkan kartu di kelurahan",
        audience_en="Residents who activated their card at the kelurahan",
        requirements_id=("Kode QR aktivasi dari petugas", "Peramban dengan JavaScript"),
        requirements_en=("The activation QR code from the officer", "A browser with JavaScript"),
        promised_time_id="Langsung", promised_time_en="Immediate", cost_id="Gratis", cost_en="Free",
        entry_url="/id/dompet/", sign_in=False,
        words=("kartu warga", "dompet", "identitas digital", "ktp", "kwd", "kuitansi pemeriksaan", "wallet"),
    ),
]  # fmt: skip
