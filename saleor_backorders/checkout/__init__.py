"""What is asked of a cart before it becomes an order."""
