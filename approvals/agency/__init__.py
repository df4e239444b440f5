"""帮办代办: what agents do on an enterprise's behalf, and how often."""
