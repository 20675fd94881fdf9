"""Code shared by spinglass and theory, without physics: compilation, threads, memory, seeds, argument checks, types."""
