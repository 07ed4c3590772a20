"""What a clearinghouse's JSON says, in the codes of the 271, and what it is asked with: no network here.

Two shapes are known: `plans` groups benefits under each plan and spells values out,
`benefits_information` is a flat list in the 271's own codes.
"""
