"""How much one workbook may hold. Pure."""

from dataclasses import dataclass

from projects.ledger.findings import Refusal

MAX_RECORDS = 20_000  # rows that are read as projects, items … of all tables
MAX_FILLED_ROWS = 20_500  # of all sheets: those with their headings, group rows and notes
MAX_ROWS = 100_000  # of all sheets, including formatted empty ones
MAX_COLUMNS = 200
MAX_FILLED_CELLS = 800_000
MAX_CELLS = 1_500_000  # including formatted empty ones
MAX_SHEETS = 50
MAX_STRAY_CELLS = 100
MAX_MERGES = 100_000
MAX_MERGED_CELLS = 500_000
MAX_COMMENTS = 20_000
# Cells of all headers: of a sheet with the repeated ones, of a book without. Each of them is looked at closely.
MAX_HEADINGS = 20_000
MAX_COLUMN_GROUPS = 16_384
MAX_TEXT = 131_072  # characters of one cell; Excel knows 32,767
MAX_TEXTS = 30_000_000  # characters of all cells; a shared text counts wherever it is used, a merged one in every cell


def too_large(what: str, limit: int) -> Refusal:
    return Refusal("TOO_LARGE", what=what, limit=limit)


@dataclass
class Counts:
    """What all sheets of a book hold together."""

    rows: int = 0
    cells: int = 0
    filled_rows: int = 0
    filled_cells: int = 0
    characters: int = 0

    def add(self, length: int) -> None:
        """One more filled cell with so many characters. Raises Refusal TOO_LARGE."""
        self.filled_cells += 1
        if self.filled_rows > MAX_FILLED_ROWS:
            raise too_large("rows", MAX_FILLED_ROWS)
        if self.filled_cells > MAX_FILLED_CELLS:
            raise too_large("cells", MAX_FILLED_CELLS)
        self.add_text(length)

    def add_text(self, length: int) -> None:
        self.characters += length
        if self.characters > MAX_TEXTS:
            raise too_large("texts", MAX_TEXTS)
