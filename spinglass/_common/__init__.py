"""What spinglass and theory share, and nothing of physics: compilation, kernel files, threads, memory and seeds."""
