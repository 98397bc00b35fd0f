"""Pages. Until they come, health checks only."""
