# An app where it is not linked to run.
cp "$FIRMWARE/app.bin" .
fake_device stub=stub.bin otatool flash --firmware . --port port 0x10000 app.bin
