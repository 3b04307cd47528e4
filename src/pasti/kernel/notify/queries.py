"""Reading one's own messages."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from pasti.kernel.notify.models import Message


def inbox(user_id: UUID) -> QuerySet[Message]:
    """The user's messages, newest first, to be paged."""
    return Message.objects.filter(user_id=user_id).order_by("-id")


def unread(user_id: UUID) -> int:
    """How many the user has not opened."""
    return Message.objects.filter(user_id=user_id, read_at=None).count()
