"""Recurrent layers explained by running them: counts, cells and pictures."""

__version__ = "0.1.0"
