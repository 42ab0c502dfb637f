# A file's name with an escape sequence and the end of a line, on stdout.
name=$(printf 'a\033[2J\nb')
cp "$DATA/app_small" "$name"
cp "$DATA/pack_1M" "$name.pack"
otatool verify "$name"
otatool verify --for 2 "$name.pack" | head -n 1
otatool inspect "$name" | head -n 1
otatool pack --kind ota -o "$name.ota" "$name"
