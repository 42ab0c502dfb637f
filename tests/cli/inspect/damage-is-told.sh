cp "$DATA/app_badsum" sum.bin
cp "$DATA/app_badsha" digest.bin
cp "$DATA/ea_badcrc" crc.bin
cp "$DATA/app_trunc_data" short.bin
cp "$DATA/pt_badmd5" md5.bin
otatool inspect --quiet sum.bin digest.bin crc.bin short.bin md5.bin
