"""One invoice document, told in every form: to machines (UBL, CII, Factur-X), to people, to spreadsheets."""
