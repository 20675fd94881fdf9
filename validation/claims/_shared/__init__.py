"""What several families of claims use: perturbations, mutants, averages by quadrature."""
