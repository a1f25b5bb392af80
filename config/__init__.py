"""Which settings, addresses, base page and words does the site have?"""
