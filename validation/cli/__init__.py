"""The command line: one module per group of commands. Commands import their dependencies when they are called."""
