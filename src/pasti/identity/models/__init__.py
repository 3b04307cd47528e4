"""Tables of identity, by area of work."""

from pasti.identity.models.login import Door, SignUp
from pasti.identity.models.provider import Application

__all__ = ["Application", "Door", "SignUp"]
