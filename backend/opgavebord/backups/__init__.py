"""Making backups, putting them back, and proving that this works. What one is: `storage/backup.py`."""
