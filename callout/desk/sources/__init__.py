"""Where mails come from: they hand mails over, and mark those that were taken. What becomes of one is not theirs."""
