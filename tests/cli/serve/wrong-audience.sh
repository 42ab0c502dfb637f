# Pages are for one of four audiences.
otatool serve --metrics everyone
