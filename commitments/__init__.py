"""WHAT they promise: commitments, their parties, documents and signatures."""
