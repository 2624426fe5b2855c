"""Speed as ratios within one run: machines differ, what stands beside each other does not."""
