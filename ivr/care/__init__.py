"""What the line can do for a subscriber, whoever asks: phone, desk or letter."""
