"""The comparison of two versions on the Versions tab."""
