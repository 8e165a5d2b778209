"""What is given up or exchanged, and the money that goes back."""
