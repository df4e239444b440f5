"""What may be searched for in the ledger of plots: names that are shown."""

from datetime import date
from decimal import Decimal

import pytest

from dispatch.elements import actions, plots
from tests.dispatch.elements.element_cases import WHO, case

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


def test_a_plot_is_not_found_by_the_name_of_a_project_that_is_not_shown():
    full = case()
    unit = full.cast.unit
    fields = {"name": "北片地块", "area_mu": Decimal(10), "unit": unit, "project": full.other}
    actions.create_plot(park=full.cast.park, fields=fields, by=full.cast.staff, **WHO)
    found = {
        (name, word): [plot.name for plot in plots.narrowed(getattr(full.cast, name), TODAY, q=word)]
        for name in ("worker", "staff")
        for word in ("北片", "乙项目")
    }
    assert found[("worker", "北片")] == found[("staff", "北片")] == found[("staff", "乙项目")] == ["北片地块"]
    assert found[("worker", "乙项目")] == []
