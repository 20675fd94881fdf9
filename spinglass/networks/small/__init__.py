"""Networks small enough for their landscapes to be known in full, hard ones among them."""
