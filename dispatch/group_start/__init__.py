"""集中开工: a day on which several projects start together, who can be ready, what each still lacks."""
