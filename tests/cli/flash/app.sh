# The whole firmware, then the app alone at ota_0's place.
cp "$FIRMWARE/app.bin" "$FIRMWARE/bootloader.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
device() { fake_device stub=stub.bin flash=flash.img otatool "$@" --firmware . --port port; }
device flash 0 bootloader.bin 0x5000 table.bin 0x7000 app.bin | sed 's/[0-9]* KB /N KB /g'
device flash --app app.bin | sed 's/[0-9]* KB /N KB /g'
device otadata --switch ota_1 | grep starts
device flash --app app.bin | sed 's/[0-9]* KB /N KB /g'
device otadata | grep starts
device verify-flash --app app.bin | sed 's/[0-9]* KB /N KB /g'
printf 'settings' > nvs.bin
device flash --partition nvs nvs.bin | sed 's/[0-9]* KB /N KB /g'
device read-flash --partition nvs -o back.bin
head -c 8 back.bin
echo
device erase-region --partition nvs
device read-flash -q --partition nvs -o back.bin
tr -d '\377' < back.bin | wc -c
