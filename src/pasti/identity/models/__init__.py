"""Tables of identity, by area of work."""

from pasti.identity.models.issuing import (
    Activation,
    Card,
    CardStep,
    Credential,
    StatusEntry,
    StatusList,
    UsedNonce,
)
from pasti.identity.models.login import Door, SignUp
from pasti.identity.models.provider import Application, ClientSession, Consent, LogoutNotice, SignIn
from pasti.identity.models.verifying import PresentationRequest, Shown, Verifier, VerifierPurpose

__all__ = [
    "Activation", "Application", "Card", "CardStep", "ClientSession", "Consent", "Credential", "Door", "LogoutNotice",
    "PresentationRequest", "Shown", "SignIn", "SignUp", "StatusEntry", "StatusList", "UsedNonce", "Verifier",
    "VerifierPurpose",
]  # fmt: skip
