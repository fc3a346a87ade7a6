"""What callers hear, and its life: review, publishing."""
