"""Signatures by people's SSH keys (`ssh-keygen -Y`): of patch bundles and of the ledger's head."""
