"""Work from and for other programs: Timewarrior, klog, timeclock files, Kimai. Pure: text in, records out, and back."""
