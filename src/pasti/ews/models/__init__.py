"""The tables of early warning."""

from pasti.ews.models.desk import Shift, ShiftEntry, StreetReport
from pasti.ews.models.forecast import ForecastModel
from pasti.ews.models.foreign import ForeignAlert, ForeignFeed
from pasti.ews.models.reach import Delivery, Dispatch, RtTask, Subscription
from pasti.ews.models.replay import Replay
from pasti.ews.models.rivers import Gauge, Policy, RiskArea, River, Shelter
from pasti.ews.models.sirens import Siren, SirenCommand
from pasti.ews.models.warnings import Drill, Episode, Note, Proposal, Warning

__all__ = [
    "Delivery", "Dispatch", "Drill", "Episode", "ForecastModel", "ForeignAlert", "ForeignFeed", "Gauge", "Note",
    "Policy", "Proposal", "Replay", "RiskArea", "River", "RtTask", "Shelter", "Shift", "ShiftEntry", "Siren",
    "SirenCommand", "StreetReport", "Subscription", "Warning",
]  # fmt: skip
