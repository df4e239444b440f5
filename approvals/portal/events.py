"""What an enterprise may want to be told about its project."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Event(TextChoices):
    RETURNED = "returned", _("Papers were returned for correction")
    DUE_SOON = "due_soon", _("A paper that I owe is due soon")
    DECIDED = "decided", _("A step was decided")
    LATE = "late", _("A step has passed its promised day")
    ANSWER = "answer", _("My urging or request for help was answered")
    JOINT = "joint", _("A joint review was opened or issued")
