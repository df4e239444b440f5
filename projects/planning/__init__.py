"""The plan of a project as values: a network of tasks, dates forwards and backwards, levers, risk. Pure."""
