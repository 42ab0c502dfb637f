# A bare partition: what starts, and why.
for name in empty a1 b2 a1b2 a3b2 a1bad badbad a0 zeros; do
    echo "# $name"
    otatool otadata "$DATA/od_$name"
done
