"""How is a meeting arranged: times proposed, picked and fixed, invitations into calendars, and who came?"""
