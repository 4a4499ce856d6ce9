"""What is done to the site as a whole: its styles, fonts and mark, how it is searched and found."""
