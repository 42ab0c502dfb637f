# SPDX-License-Identifier: Apache-2.0
# Judges samples of memory, one number a line, the first for warming up:
# they grow when the least of their second half is above the most of the
# first, by more than a hundredth and 256 KB.

{ sample[NR] = $1 }

END {
    if (NR < 5) {
        print "too few samples"
        exit 2
    }
    middle = int((NR + 2) / 2)
    most = sample[2]
    for (i = 2; i <= middle; i++)
        if (sample[i] > most)
            most = sample[i]
    least = sample[middle + 1]
    for (i = middle + 1; i <= NR; i++)
        if (sample[i] < least)
            least = sample[i]
    printf "memory: at most %d KB first, at least %d KB later\n", most, least
    exit least > most * 1.01 + 256
}
