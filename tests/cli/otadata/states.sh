# What became of a trial; a state below a label is none.
# entry SEQUENCE LABEL STATE CRC: bytes as octal escapes
entry() {
    printf "$1"
    printf "$2%.0s" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
    printf "$3$4"
}
# partition NAME FIRST-STATE SECOND-STATE [LABEL]
partition() {
    {
        entry '\001\000\000\000' '\377' "$2" '\232\230\103\107'
        head -c 4064 "$DATA/ota_data_initial"
        entry '\002\000\000\000' "${4:-\\377}" "$3" '\164\067\366\125'
        head -c 4064 "$DATA/ota_data_initial"
    } >"$1"
    otatool otadata "$1"
}
partition new '\377\377\377\377' '\000\000\000\000'
partition pending '\002\000\000\000' '\001\000\000\000'
partition aborted '\002\000\000\000' '\004\000\000\000'
partition invalid '\377\377\377\377' '\003\000\000\000'
partition unknown '\377\377\377\377' '\100\000\000\000'
partition labelled '\377\377\377\377' '\000\000\000\000' '\000'
otatool otadata --json aborted
otatool inspect aborted
otatool otadata --switch 1 aborted
