"""Backups that can be proved: scope, capture as a stream, archive in Borg, verification, and the record of it all."""
