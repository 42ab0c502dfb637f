fake_device stub=stub.bin otatool chip-info --firmware . --port port
