"""What was tried, and what to try next: training, evaluation, ranking; the only door to MLflow."""
