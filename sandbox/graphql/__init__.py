"""GitHub's GraphQL API: a faithful part of its schema, its paging, its costs and its refusals."""
