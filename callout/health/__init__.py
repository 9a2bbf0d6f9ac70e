"""How a telephone system is: looked at, judged, compared. Whoever looks does not judge."""
