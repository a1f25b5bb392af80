"""Which tags and filters do the pages of all apps share?"""
