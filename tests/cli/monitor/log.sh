# What is shown is kept in a file as well, behind what is there.
echo before > log
fake_device rfc2217 app sh -c 'otatool monitor --baud 74880 --reset --seconds 1 --log log --port "$PORT"' > shown
cat log
tail -n +2 log | cmp - shown
fake_device rfc2217 app sh -c 'otatool monitor --seconds 1 --log no/log --port "$PORT"'
