"""The page in the visitor's language: which one they read, and the catalogues of messages."""
