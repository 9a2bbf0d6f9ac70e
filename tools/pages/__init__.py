"""The generated pages of docs/reference, one file per page."""
