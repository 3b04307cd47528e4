"""Verifiers, requests and desks."""

from __future__ import annotations

from pasti.identity.published.verifying_measures import MEASURES as MEASURES
from pasti.kernel.publish.types import ActionName, Grant, Purpose, Room, Service

SERVICES = [
    Service(
        code="pemeriksa-terdaftar", name_id="Siapa yang boleh meminta data kartu Anda",
        name_en="Who may ask for data of your card",
        purpose_id="Daftar meja dan lembaga yang boleh meminta data dari Kartu Warga Digital, untuk apa, dan atas dasar hukum apa.",
        purpose_en="The desks and bodies that may ask for data of a Digital Resident Card, what for, and on which legal basis.",
        agency="DISPENDUKCAPIL", dimensions=("governance",), life_events=("data-pribadi",), audience_id="Siapa saja",
        audience_en="Anyone", requirements_id=(), requirements_en=(), promised_time_id="Langsung", promised_time_en="At once",
        cost_id="Gratis", cost_en="Free", entry_url="/id/pemeriksa/", sign_in=False,
        words=("pemeriksa", "verifikasi", "fotokopi", "ktp", "minta data", "loket"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("identity.periksa", "Memeriksa Kartu Warga Digital di meja", "Checking Digital Resident Cards at a desk",
            "Dasar hukum tiap tujuan tertulis pada pemeriksa terdaftar; UU 27/2022 Pasal 20"),
    Purpose("identity.pemeriksa", "Mendaftarkan pemeriksa", "Registering verifiers", "UU 27/2022 Pasal 16 dan 20"),
]  # fmt: skip

DESKS = ("loket", "perawat", "ketua_rt", "ketua_rw", "kelurahan", "dukcapil", "pustakawan", "opd")
GRANTS = [
    Grant("identity.verify", DESKS),
    Grant("identity.propose_verifier", ("manajer_rs", "opd", "pustakawan", "kelurahan", "loket")),
    Grant("identity.verifiers", ("dukcapil",)),
]

ACTIONS = [
    ActionName(
        "identity.presentation.answered", "memeriksa sebuah Kartu Warga Digital", "checked a Digital Resident Card"
    ),
    ActionName(
        "identity.desk.provisioned", "menyiapkan meja tanpa jaringan", "prepared a desk to work without a network"
    ),
    ActionName("identity.verifier.proposed", "mengajukan pemeriksa", "proposed a verifier"),
    ActionName("identity.verifier.approved", "menyetujui pemeriksa", "approved a verifier"),
    ActionName("identity.verifier.stopped", "menghentikan pemeriksa", "stopped a verifier"),
]

ROOMS = [
    Room("identity.verify", "Meja pemeriksa kartu", "Desk that checks cards", "/id/meja/", "identity.verify"),
    Room("identity.verifiers", "Pemeriksa terdaftar", "Registered verifiers", "/id/pemeriksa/", "identity.verifiers"),
]
