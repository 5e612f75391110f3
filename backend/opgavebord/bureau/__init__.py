"""The desk: who may sit there, the opgaven they keep, the sprints they prepare, and what they print."""
