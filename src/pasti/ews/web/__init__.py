"""Pages of early warning: for everybody, for those who report, for the officers on watch."""
