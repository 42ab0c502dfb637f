# A folder that is not there is named.
otatool serve --port 0 none
