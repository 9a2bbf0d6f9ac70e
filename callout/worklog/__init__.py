"""Work is raw seconds, as facts; bills are computed from them and never change them."""
