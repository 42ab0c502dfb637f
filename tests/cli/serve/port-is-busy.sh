# Two servers cannot have one port.
otatool serve --bind 127.0.0.1 --port 0 . >first &
first=$!
until grep -qs serving first; do sleep 0.05; done
port=$(sed 's/.*:\([0-9]*\).$/\1/' first)
status=0
otatool serve --bind 127.0.0.1 --port "$port" 2>err || status=$?
kill "$first"
wait "$first"
sed "s/$port/PORT/" err >&2
exit "$status"
