"""Search (检索): what people type becomes tokens, tokens become products, with facets and suggestions."""
