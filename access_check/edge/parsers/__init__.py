"""One file per device: its own words → forwards, and the lines that were not understood. Pure, bounded, linear."""
