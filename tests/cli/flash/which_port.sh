# Which one of several is meant, nobody can guess.
printf "one\n" > a.bin
export OTATOOL_PORTS='tty*'
fake_device stub=stub.bin port=tty0 fake_device port=tty1 \
    otatool flash --firmware . 0x1000 a.bin
