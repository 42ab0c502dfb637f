mkdir build
fake_device stub=stub.bin otatool flash --firmware . --port port build
