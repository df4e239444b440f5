"""Inserting many rows quickly."""

from accounts.bulk import insert, insert_values

__all__ = ["insert", "insert_values"]
