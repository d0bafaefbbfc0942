"""Pages: one module a resource."""
