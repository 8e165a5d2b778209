"""Which variants may be back-ordered, and the virtual rows that carry it."""
