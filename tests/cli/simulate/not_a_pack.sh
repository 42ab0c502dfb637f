# It is tried all the same: a device would try it, too.
head -c 5000 /dev/zero > noise.bin
otatool simulate --for 512+512@1M --boot 1.7 --slot user2 noise.bin |
    sed -E 's/ [0-9]+\.[0-9] s +[0-9]+ +[0-9]+ / ... /'
