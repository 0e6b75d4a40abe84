"""The page in the visitor's language: its choice, and the catalogues of messages."""
