# The image at 0 is for 4 MB, the flash has one.
cp "$IMAGES/otatool_boot.bin" boot.bin 2>/dev/null || cp "$FIRMWARE/bootloader.bin" boot.bin
printf '\102' | dd of=boot.bin bs=1 seek=3 conv=notrunc 2>/dev/null
flash() { fake_device stub=stub.bin flash=flash.img otatool flash --firmware . --port port "$@" 0 boot.bin; }
flash --flash-size detect --flash-freq 80m --flash-mode dout | sed 's/[0-9]* KB written/N KB written/'
od -An -tx1 -j2 -N2 flash.img
flash
