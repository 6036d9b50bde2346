"""Vitrion proposes the next oxychloride glass electrolyte to synthesise."""
