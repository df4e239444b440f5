"""The enterprise's page, by account or by signed link."""
