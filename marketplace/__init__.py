"""黔货入粤: a marketplace for the produce of Guizhou in the Greater Bay Area."""

import gc

# Importing and serving make a great many objects that stay: looked through every 700, as is usual, they take
# a fifth of a start.
gc.set_threshold(50_000, 10, 10)
