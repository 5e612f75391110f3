"""A sprint as something to take home: what it says (`report.py`), and a writer for each format."""
