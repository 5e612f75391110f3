"""Werkvormen: the templates as data, one YAML file each, and the demo.

`reading.py` reads a file strictly and lays it out as records; `demo.py` founds and fills the
sprint *Vitale kernen*. No text of a werkvorm stands in code.
"""
