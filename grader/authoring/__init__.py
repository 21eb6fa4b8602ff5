"""For authors: prove a rubric."""
