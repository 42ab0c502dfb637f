fake_device stub=stub.bin otatool chip-info --brief --firmware . --port port
fake_device otatool chip-info --brief --no-stub --port port
