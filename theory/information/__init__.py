"""Recovery of a planted signal from noisy matrices and tensors: Bayes-optimal limits and message passing."""
