"""What customers get for waiting."""
