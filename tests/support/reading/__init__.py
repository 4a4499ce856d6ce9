"""What a reader of a page has seen by a cell: names, and the columns of what is printed."""
