# Who cannot become that user does not serve.
otatool serve --bind 127.0.0.1 --port 0 --user no-such-user
