printf "one\n" > a.bin
parts=$(seq -f '%gK a.bin' 4 4 200)
# shellcheck disable=SC2086 # each is a word
fake_device stub=stub.bin otatool flash --firmware . --port port $parts
