"""The language of the project: what its words mean and how they travel."""
