# A request that is heard and never answered; 0x13 asks for a digest.
printf "one\n" > a.bin
fake_device stub=stub.bin unanswered=0x13 otatool flash --firmware . --port port --attempts 1 0x1000 a.bin
