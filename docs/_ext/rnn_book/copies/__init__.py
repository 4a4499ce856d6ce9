"""What a reader takes away: each page as Markdown and as a notebook."""
