for option in --no-plain --tls-key=key.pem --tls-client-ca=ca.pem --old-only-plain; do
    otatool serve "$option" . || echo "exit $?"
done
