"""Files over HTTP: taking them in, telling what they are, giving them out, ending what waits too long."""
