"""What do the pages of tasks, boards, steps and trials show, and which service does each form call?"""
