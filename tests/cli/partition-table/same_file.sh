# The output must not be the input.
printf "a,data,nvs,,4K\n" > in.csv
otatool partition-table in.csv in.csv
