"""The equations that pages display: read as LaTeX, computed step by step, and made wrong."""
