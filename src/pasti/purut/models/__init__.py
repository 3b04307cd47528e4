"""Tables of the hospital: clinics, doctors, schedules, sessions, patients, registrations, their steps and estimates."""

from pasti.purut.models.bpjs import BpjsMessage, Operasi
from pasti.purut.models.estimate import Estimate, EstimateScore
from pasti.purut.models.hospital import Dokter, Hospital, Jadwal, Poli
from pasti.purut.models.pharmacy import Resep
from pasti.purut.models.registration import Antrean, AntreanStep, Patient
from pasti.purut.models.session import Sesi

__all__ = ["Antrean", "AntreanStep", "BpjsMessage", "Dokter", "Estimate", "EstimateScore", "Hospital", "Jadwal", "Operasi",
           "Patient", "Poli", "Resep", "Sesi"]  # fmt: skip
