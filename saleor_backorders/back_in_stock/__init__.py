"""Who wants to hear when a variant is back, and who wants to hear no more."""
