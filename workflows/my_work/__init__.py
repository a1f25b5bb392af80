"""What does one do with the own list: small tasks of one's own, what is put off, what is shown, and whom to tell?"""
