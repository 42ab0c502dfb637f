# One server serves one folder.
otatool serve a b
