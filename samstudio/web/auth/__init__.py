"""Who gets in: one gate before the whole app, the login page, and Hugging Face's login on a Space.

`policy` decides what is asked for, `gate` asks it of every request. What lies
behind the gate is no business of this package.
"""
