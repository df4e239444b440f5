"""Result documents with a life: issued with the decision, renewed, expired, void."""
