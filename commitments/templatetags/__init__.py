"""Which tags and filters do the pages of commitments have of their own?"""
