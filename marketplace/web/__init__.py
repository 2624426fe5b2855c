"""What people see: one folder per audience, each with views, forms and what it presents."""
