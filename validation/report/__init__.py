"""The results of a run: in the terminal, as HTML and Markdown pages, as files, and compared with another run."""
