"""Who waits, since when, and who is served first."""
