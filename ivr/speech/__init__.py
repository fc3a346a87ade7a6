"""The speech of the line: numbers, money, dates and phone numbers per language; texts to audio."""
