"""What is done to the register: each act is one transaction, within a scope, and audited."""

from pasti.civil.services.dukcapil import mark_dukcapil
from pasti.civil.services.families import add_member, open_family, verify_family
from pasti.civil.services.peristiwa import (
    Child,
    House,
    Report,
    report_birth,
    report_change,
    report_death,
    report_divorce,
    report_marriage,
    report_missing,
    report_move_in,
    report_move_out,
    report_move_within,
    report_stillbirth,
    report_temporary,
    reverse,
)
from pasti.civil.services.persons import NewPerson, lift_restriction, register_person, restrict, update_person

__all__ = [
    "Child", "House", "NewPerson", "Report", "add_member", "lift_restriction", "mark_dukcapil", "open_family",
    "register_person", "report_birth", "report_change", "report_death", "report_divorce", "report_marriage",
    "report_missing", "report_move_in", "report_move_out", "report_move_within", "report_stillbirth", "report_temporary",
    "restrict", "reverse", "update_person", "verify_family",
]  # fmt: skip
