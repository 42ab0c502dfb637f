cp "$DATA/pt_v2tov3_1M_md5" table.bin
cp "$DATA/od_a1badb2" otadata.bin
cp "$DATA/ota_data_initial" ota_data_initial.bin
otatool inspect table.bin otadata.bin ota_data_initial.bin
