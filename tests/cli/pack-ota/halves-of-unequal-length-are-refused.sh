cp "$DATA/app_10000_1M_b" "$DATA/app_80000" .
status=0
otatool pack --kind ota -o a.bin app_10000_1M_b app_80000 ||
    status=$?
ls *.bin 2>/dev/null || true
exit $status
