"""Pure rules: hours, windows, consents, the gate, rates, outcomes. They take values and return values with reasons."""
