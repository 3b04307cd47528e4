"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.identity.jobs import issuing, login, provider, verifying

__all__ = ["issuing", "login", "provider", "verifying"]
