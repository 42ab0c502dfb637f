# Neither an empty line nor two words are a token.
for token in '' 'two words'; do
    echo "$token" >token
    otatool fetch --token-file token http://127.0.0.1:1/fw.bin || echo $?
done
otatool verify --token-file nowhere http://127.0.0.1:1/fw.bin
