"""Procedures, calendars, reforms and the territory as files, and the code that reads, checks and explains them.

Of the engine it imports the rules, and no database, store or act.
"""
