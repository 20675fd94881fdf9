"""What figures have in common: colours that colour-blind readers can tell apart, on light and dark pages."""

SIMULATION, THEORY, BAND = "#2E86C9", "#DD7711", "#8A8A8A"
