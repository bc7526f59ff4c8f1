"""What keeps a practice safe: its keys and the one unlock, backups, the way to another computer, erasing."""
