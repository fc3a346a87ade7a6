"""What a dialogue is and how it runs. Pure: no adapter is imported here."""
