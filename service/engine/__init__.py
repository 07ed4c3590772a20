"""The engine: settles what witnesses say, decides, and prices. Pure: no clock, no I/O, no framework."""

ENGINE_VERSION = "1.0.0"
