"""What is said in a meeting? Its agenda, its minutes, and the points that are agreed on."""
