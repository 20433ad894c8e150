"""The cycle: intake → review → letter → deliver → write back, and the loop that repeats it."""
