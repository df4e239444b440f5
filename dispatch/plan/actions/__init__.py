"""Writes on plans. Keyword-only ``by=``, ``at=``, ``version=``; one transaction each, with history."""
