"""The eligibility inquiry (270) and what answers it (271), 005010X279A1: pure text, no network.

`segments` splits, `reader` follows the loops, `model` holds the words of a reply. `status` says whether
the patient is covered at all, `level` what the reply says of one level of care, `pots` of deductible and
out-of-pocket maximum; `benefits` makes a witness of it and `describe` plain JSON. `writer` asks.
"""
