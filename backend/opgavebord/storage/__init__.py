"""What is kept. Only this package says SQL."""
