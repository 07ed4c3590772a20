"""A case over its weeks: what is authorized and how much is left, what was quoted, what is due.

Everything here is worked out from plain answers and records, on a day that is given; only `file` reads the
store, and only `keeping` writes to it.
"""
