"""Figures of steps and departments: handled, working days, on time, compression, satisfaction."""
