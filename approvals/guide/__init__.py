"""The public guide: what to do, where to go, whom to call; and its upkeep."""
