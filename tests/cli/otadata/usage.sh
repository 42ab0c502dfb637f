# Two changes at once are wrong usage.
otatool otadata --switch 0 --erase od.bin
