"""What the shop tells people: written from live rows, handed over once."""
