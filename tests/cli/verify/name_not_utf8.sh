# A name that is not UTF-8 is no reason to leave a file out of the JSON.
name=$(printf 'a\377.bin')
cp "$DATA/app_small" "$name"
otatool verify --json "$name"
