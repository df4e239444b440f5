"""Lines of the log, without the secrets that stand in addresses."""

import logging
import re

SECRET = re.compile(r"(/(?:calendar|l)/)[\w-]{20,}", re.ASCII)  # of a calendar feed, of a signed link


class WithoutSecrets(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"\1***", super().format(record))
