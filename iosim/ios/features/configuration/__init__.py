"""The configuration as a whole: showing, saving, comparing, archiving and replacing it."""
