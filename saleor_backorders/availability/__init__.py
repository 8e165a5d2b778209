"""What can be bought now, what would wait, and until when."""
