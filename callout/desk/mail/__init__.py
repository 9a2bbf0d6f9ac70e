"""Pure: an e-mail's bytes → what was seen in it → what becomes of it. Whatever a mail holds is hostile.

The standard library's `email` package is not asked: its parser takes time with the square of what is nested, and its
header classes raise on malformed input in many places. What is here takes time with the length, and never raises.
"""
