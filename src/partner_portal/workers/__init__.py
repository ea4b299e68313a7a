"""Background jobs: the timetable and one task per file."""
