"""Work that programmes leave to the server: what they do on events, and what is due again and again."""
