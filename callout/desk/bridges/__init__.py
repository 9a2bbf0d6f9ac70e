"""Other ticket systems, read and told by their REST APIs: Request Tracker (REST 2.0) and Zammad. Off by default."""
