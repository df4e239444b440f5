"""What the park has of an element in a year."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.errors import Conflict
from accounts.models import Park, User
from dispatch.elements import access
from dispatch.elements.actions import shared
from dispatch.elements.models import ElementSupply


@transaction.atomic
def set_supply(
    *, park: Park, year: int, element: str, amount: Decimal, note: str = "", version: int | None, by: User | None,
    at: datetime,
) -> ElementSupply:  # fmt: skip
    """``version`` None: nobody has said anything yet, as far as the writer has seen. Amount in the element's unit."""
    access.require(access.edits_park(by, park.pk))
    shared.check_year(year)
    shared.check_amount("amount", amount, element)
    values = shared.checked(ElementSupply, {"amount": amount, "note": note}, park.pk)
    row = ElementSupply.objects.filter(park=park, year=year, element=element).first()
    if row is None and version is None:
        made = ElementSupply(park=park, year=year, element=element, **values)
        return shared.create(made, "supply", values, taken=shared.overtaken(), by=by, at=at)
    if row is None or version is None:
        raise Conflict(shared.overtaken())
    return shared.write(row, "supply", values, version=version, by=by, at=at)
