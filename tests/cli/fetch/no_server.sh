# A server that is not there is tried again, then told.
otatool fetch --retries 1 -o got.bin http://127.0.0.1:1/fw.bin 2>message ||
    status=$?
sed 's/again in .*/again in TIME/' message >&2
exit $status
