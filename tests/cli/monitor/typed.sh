# What is typed goes to the device: this one's port vanishes with the third
# byte. The keys that are ours do not.
(sleep 1; printf 'ab\024c'; sleep 3) |
    fake_device app vanish=3 script -qec 'otatool monitor --port port' /dev/null |
    tr -d '\r'
(sleep 1; printf 'a\024b\035c'; sleep 1) |
    fake_device app vanish=3 script -qec 'otatool monitor --port port && echo left' /dev/null |
    tr -d '\r'
(sleep 1; printf '\003'; sleep 1) |
    fake_device app vanish=3 script -qec 'otatool monitor --port port && echo left' /dev/null |
    tr -d '\r'
