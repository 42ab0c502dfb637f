# The table as JSON, and an error as JSON.
printf "nvs,data,nvs,,16K\nfactory,app,factory,0x10000,1M\n" > in.csv
otatool partition-table --json in.csv
printf "x,data,nvs,,1.5K\n" > in.csv
otatool partition-table --json in.csv
