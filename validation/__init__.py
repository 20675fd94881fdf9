"""Where simulation and theory meet: claims, experiments, statistics, figures, report, command line."""
