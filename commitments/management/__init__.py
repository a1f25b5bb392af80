"""Which commands do the commitments add to manage.py?"""
