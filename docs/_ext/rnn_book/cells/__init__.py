"""What is done to a page's cells: their style, when they run again, what they put out, how their lines break."""
