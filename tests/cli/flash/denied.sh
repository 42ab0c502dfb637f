# Of whom the port is, is named.
printf "one\n" > a.bin
fake_device stub=stub.bin true
: > closed
chmod 020 closed
try="otatool flash --firmware . --port closed 0x1000 a.bin"
if [ "$(id -u)" = 0 ]; then
    chgrp 5 closed
    # Without the right to override permissions.
    setpriv --bounding-set -all --inh-caps -all --no-new-privs $try
else
    chgrp "$(id -g)" closed
    $try 2>&1 | sed "s/$(id -gn)/tty/" >&2
    exit 1
fi
