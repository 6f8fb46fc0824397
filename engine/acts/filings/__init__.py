"""The acts on filings that another system took: write down, open, put into the queue, route, refuse, answer."""
