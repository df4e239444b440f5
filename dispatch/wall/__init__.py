"""挂图作战: all projects over the months, on screen, on paper and on the projector."""
