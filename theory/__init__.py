"""What is predicted: symbolic where it can be, numeric where it must be."""
