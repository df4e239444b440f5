"""All models of the app, gathered from its sub-packages for Django."""

from dispatch.jobs.models import JobRun
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.reports.models import Bulletin
from dispatch.warnings.models import Warning, WarningEvent, WarningRule

__all__ = ["Bulletin", "JobRun", "LedgerEntry", "LedgerItem", "Warning", "WarningEvent", "WarningRule"]
