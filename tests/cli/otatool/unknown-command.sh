# A command that is not there is told, with where to look.
otatool pak
