"""The database: tables, connections and migrations. Used by services alone."""
