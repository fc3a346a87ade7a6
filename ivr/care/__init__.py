"""The operations of the service with all business rules, for every channel: phone, desk, letter."""
