"""What do the pages show, and which service does each form call? A module for each kind of page."""
