# A pack, an app and a table are judged; one bad file fails all.
cp "$DATA/app_small" app.bin
cp "$DATA/app_badsum" bad.bin
cp "$DATA/pt_v2tov3_1M" table.bin
cp "$DATA/ea_user1" user1.bin
otatool verify app.bin table.bin user1.bin
otatool verify app.bin bad.bin table.bin
