"""Tables of the hospital: clinics, doctors, schedules, sessions; patients, registrations and what a visit brings."""

from pasti.purut.models.bpjs import BpjsMessage, Operasi
from pasti.purut.models.estimate import Estimate, EstimateScore
from pasti.purut.models.hospital import Dokter, Hospital, Jadwal, Poli
from pasti.purut.models.pharmacy import Resep
from pasti.purut.models.registration import Antrean, AntreanStep, Patient
from pasti.purut.models.session import Sesi
from pasti.purut.models.waiting import Tunggu

__all__ = ["Antrean", "AntreanStep", "BpjsMessage", "Dokter", "Estimate", "EstimateScore", "Hospital", "Jadwal", "Operasi",
           "Patient", "Poli", "Resep", "Sesi", "Tunggu"]  # fmt: skip
