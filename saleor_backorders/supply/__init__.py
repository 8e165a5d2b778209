"""What is on its way, and what arrived."""
