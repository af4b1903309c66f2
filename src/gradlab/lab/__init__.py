"""The laboratory: one session that answers messages, and thin hosts that carry them: a browser, a notebook."""
