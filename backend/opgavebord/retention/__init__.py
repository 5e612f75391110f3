"""How long what people said is kept, and wiping it so that it is gone."""
