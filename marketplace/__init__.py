"""黔货入粤: a marketplace for the produce of Guizhou in the Greater Bay Area."""
