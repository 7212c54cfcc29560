"""My account: what I may do and for whom, how I sign in, where I am signed in, my keys for programs."""
