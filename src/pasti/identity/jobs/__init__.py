"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.identity.jobs import login

__all__ = ["login"]
