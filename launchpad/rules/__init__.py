"""Pure rules: what compares moments, counts stock, ranks, and says who may. Standard library only.

Nothing here reads a row, a clock or a setting. Functions take anything with the attributes they name, so database
rows fit as they are.
"""
