"""What ./start and ./test are made of."""
