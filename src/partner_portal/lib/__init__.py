"""Clock, money, periods: one purpose per file, imports nothing of ours."""
