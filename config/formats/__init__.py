"""How are dates and numbers written in each language of the site?"""
