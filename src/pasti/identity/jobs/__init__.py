"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.identity.jobs import login, provider

__all__ = ["login", "provider"]
