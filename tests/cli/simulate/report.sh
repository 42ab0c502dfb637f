# A page that needs nothing but itself.
cp "$FIRMWARE/app.bin" "$FIRMWARE/partitions.csv" .
otatool partition-table -q --offset 0x5000 partitions.csv table.bin
otatool pack -q -o pack.bin --bootloader otatool 0x5000 table.bin 0x7000 app.bin
otatool simulate -q --cuts any --for 512+512@1M --boot 1.7 --slot user2 --report page.html pack.bin
grep -o '<title>[^<]*</title>' page.html | head -n 1
grep -c '<svg' page.html
grep -o 'otatool simulate -q [^<]*' page.html
! grep -qE 'https?:|<script|<link|src=' page.html
otatool simulate -q --cuts any --for 512+512@1M --boot 1.7 --slot user2 --report pack.bin pack.bin
