"""Plots as SVG text, for pages without scripts. Pure; whoever wants numbers finds them in the table beside each plot.

Drawn here and not by a library: those that there are for Python bring scripts, fonts or a megabyte of imports, and
none writes what a screen reader needs. Values are Decimal, like the money that they often are.
"""
