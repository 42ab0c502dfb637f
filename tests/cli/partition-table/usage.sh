# Wrong usage.
otatool partition-table --flash-size 2mb in.csv
