cp "$FIRMWARE/app.bin" .
fake_device stub=stub.bin otatool flash --firmware . --port port --app app.bin
