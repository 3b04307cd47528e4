"""The clock of a person's rights, and which of the own data one may ask to have corrected.

UU 27/2022 on the Protection of Personal Data: access with the trail of processing (article 32), correction (article
30), delay and restriction (article 41) and the notice of a failure of protection (article 46) each within 3 x 24 hours.
The clock runs day and night, holidays included.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

LIMIT = dt.timedelta(hours=72)
WARN = dt.timedelta(hours=24)  # what is left when those who must answer are reminded
# Field of the register -> how it is asked for: free text, a day, or a code of an official list.
CORRECTABLE: dict[str, str] = {
    "name": "text", "birth_place": "text", "birth_date": "day", "sex": "jenis_kelamin", "religion": "agama",
    "education": "pendidikan_kk", "occupation": "pekerjaan_f101", "marital_status": "status_kawin",
    "blood_type": "golongan_darah", "citizenship": "kewarganegaraan", "father_name": "text", "mother_name": "text",
}  # fmt: skip
OTHER = "other"  # what no single field holds: an address, a relation on the card


@dataclass(frozen=True)
class Clock:
    """How much of the 3 x 24 hours is left at a moment; hours are full hours, negative when it is over."""

    due: dt.datetime
    hours: int

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.hours < 0


def due_of(asked: dt.datetime) -> dt.datetime:
    """When an answer must have been given."""
    return asked + LIMIT


def clock(asked: dt.datetime, moment: dt.datetime) -> Clock:
    """The clock of something asked for at `asked`, as it stands at `moment`."""
    due = due_of(asked)
    return Clock(due, (due - moment) // dt.timedelta(hours=1))


def in_time(asked: dt.datetime, answered: dt.datetime) -> bool:
    """Whether an answer came within the limit."""
    return answered <= due_of(asked)
