"""One file per step of a call-out: look, decide, append to the ledger. Shared by command line and plugins."""
