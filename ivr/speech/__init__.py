"""What is said: numbers, money, dates and phone numbers per language; texts to audio."""
