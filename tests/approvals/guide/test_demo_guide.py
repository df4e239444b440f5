"""The example park's guide: contacts for every step, forms that pass the checks of uploads, nothing real."""

import io

import pytest
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from accounts.models import User
from approvals.models import PaperTemplate, StepContact
from approvals.papers.checks import checked
from dispatch.demo import guide, names
from dispatch.demo.people import build_park
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return build_park(names.PARK, names.UNITS, names.ACCOUNTS, "云岭", "!")


def test_every_step_has_a_window_hours_and_somebody_to_call(cast):
    guide.write_guide(cast, at=AT)

    rows = StepContact.objects.filter(park=cast.park)
    assert sorted(row.step_code for row in rows) == [f"S{number:02}" for number in range(1, 23)]
    assert all(row.window_zh and row.address and row.hours and row.contact_name for row in rows)
    assert all(row.contact_phone.startswith("0000-") for row in rows)
    assert not User.objects.filter(display_name__in=[row.contact_name for row in rows]).exists()


def test_a_second_run_leaves_the_same_files(cast):
    guide.write_guide(cast, at=AT)
    first = set(PaperTemplate.objects.values_list("file", flat=True))
    PaperTemplate.objects.all().delete()
    StepContact.objects.all().delete()
    guide.write_guide(cast, at=AT)
    assert set(PaperTemplate.objects.values_list("file", flat=True)) == first


def test_the_forms_are_the_same_every_time_and_pass_the_checks():
    for (code, _title, name, content), again in zip(guide.templates(), guide.templates(), strict=True):
        assert again[3] == content, code
        with checked(ContentFile(content, name=name)) as found:
            assert found.size > 0


def test_the_table_opens():
    content = next(content for _code, _title, name, content in guide.templates() if name.endswith("xlsx"))
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[0] == ("投资构成", "金额（万元）", "说明")
