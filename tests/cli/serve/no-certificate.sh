# What cannot be served is said before the first device asks.
echo rubbish >cert.pem
otatool serve --port 0 --tls-port 0 --tls-cert cert.pem .
