"""What comes round every year where the card is in use, and what does a year hold?"""
