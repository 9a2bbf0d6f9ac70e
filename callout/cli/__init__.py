"""One verb per file; the only place of this package that prints and exits."""
