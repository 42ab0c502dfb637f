# The one port that is there needs no name.
printf "one\n" > a.bin
export OTATOOL_PORTS='none*,tty*'
fake_device stub=stub.bin port=tty_a otatool flash --firmware . 0x1000 a.bin
