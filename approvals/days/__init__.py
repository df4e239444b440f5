"""Where the days went: who held a step's file on which working day, and the bars that show it."""
