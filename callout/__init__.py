"""callout: every call-out to a customer's telephone system safe, provable and billable."""

__version__ = "0.1.0"
