# The ROM itself sees that the flash does not take the data.
printf "one\n" > a.bin
fake_device worn otatool flash --no-stub --port port 0x1000 a.bin
