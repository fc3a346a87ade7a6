"""The SIP phone behind ``ivr call`` and the tests."""
