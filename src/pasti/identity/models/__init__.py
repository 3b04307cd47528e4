"""Tables of identity, by area of work."""

from pasti.identity.models.login import Door, SignUp
from pasti.identity.models.provider import Application, ClientSession, Consent, LogoutNotice, SignIn

__all__ = ["Application", "ClientSession", "Consent", "Door", "LogoutNotice", "SignIn", "SignUp"]
