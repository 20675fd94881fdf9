"""The commands of ``spinglass``; each imports what it needs when it is called."""
