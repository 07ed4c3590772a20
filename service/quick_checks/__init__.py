"""What a visitor of the clinic's website may know without a name: an honest first answer, and what is next.

Everything rests on what is published and on the clinic's own profile; nobody is looked up. What a visitor
leaves in the second step becomes a case and a call to make.
"""
