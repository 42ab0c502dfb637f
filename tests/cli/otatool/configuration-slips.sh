# What a configuration file would set is not lost by a slip.
cp "$DATA/app_small" app.bin
printf '[inspect]\njsno = yes\n' >slip
printf '[inspect]\njson yes\n' >no-equals
printf '[pack]\njsno = yes\n[inspect]\n\n# a comment\nquiet = yes\n' >good
OTATOOL_CONFIG=slip otatool inspect app.bin || echo "exit $?"
OTATOOL_CONFIG=no-equals otatool inspect app.bin || echo "exit $?"
OTATOOL_CONFIG=none otatool inspect app.bin || echo "exit $?"
OTATOOL_CONFIG=good otatool inspect app.bin
OTATOOL_CONFIG='' otatool inspect -q app.bin
