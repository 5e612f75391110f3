"""HTTP and sockets: translate, and hand on. No rule of the board lives here."""
