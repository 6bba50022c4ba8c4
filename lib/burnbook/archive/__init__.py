"""One file with a whole book: `backup` writes it, `restore` reads it. `forget` removes texts."""
