"""Drafts court papers from plain data. Knows paper and the law's words, not databases."""
