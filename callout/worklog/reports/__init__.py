"""What bills, quotes and contracts come to over customers, people and months. Pure."""
