"""Is this file a valid e-invoice? Asked of any UBL, CII or Factur-X file, ours or foreign; every file is hostile."""
