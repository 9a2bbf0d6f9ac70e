"""They read the ledger and say what is in it, for people and for programs."""
