"""Small networks whose landscapes are known completely, including hard ones."""
