"""WHEN: the ten steps of a trial, people's tasks, the yearly round and the overview of the country."""
