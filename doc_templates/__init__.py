"""Which documents can be made, and how? DOCX templates, their check and their rendering, free of Django."""
