"""Workloads beside their limits, measured in one run: ``python -m bench.run``."""
