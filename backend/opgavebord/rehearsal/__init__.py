"""A rehearsal: the evening's set-up in a throw-away sprint, with simulated participants.

`twin` says what the throw-away sprint begins with, `robot` what a participant does next, `player` carries
that over a real socket, and `rehearsals` starts, stops and wipes. The real evening is never touched.
"""
