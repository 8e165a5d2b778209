"""Hold the tests of the project, from single functions to whole shops."""
