# A build folder whose name is misspelled is not half of a part.
otatool pack biuld
