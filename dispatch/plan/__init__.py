"""倒排工期: a project's plan as a network, its baselines, forecasts, levers, Gantt chart and risk."""
