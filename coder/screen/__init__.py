"""What every screen is made of: text, lines, keys and dialogs on a terminal."""
