"""What several families of claims use: mutants and the errors they introduce, sizes, rounding, complete landscapes."""
