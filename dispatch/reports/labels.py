"""Words for the five rates; they stand in ``dispatch.figures.labels``."""

from dispatch.figures.labels import RATE_DEFINITIONS, RATE_NAMES, definition_text, definitions_under

__all__ = ["RATE_DEFINITIONS", "RATE_NAMES", "definition_text", "definitions_under"]
