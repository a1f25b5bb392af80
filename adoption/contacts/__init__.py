"""Is each contact and responsible person still there? The yearly question, the answers, the alarms, returned mail."""
