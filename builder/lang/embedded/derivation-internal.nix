# What `derivation` is, under the name by which the reference has it as a file.
attributes: derivation attributes
