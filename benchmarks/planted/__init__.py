"""Example subjects, correct and with one planted mistake each, and how `spinglass judge` names the mistakes."""
