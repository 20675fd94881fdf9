"""Running claims: units of work, the processes that measure them, the folder that keeps them, wrong code on purpose."""
