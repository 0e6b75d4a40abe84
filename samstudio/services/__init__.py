"""The use cases of the product. Services take and return the domain's types, never rows or sessions."""
