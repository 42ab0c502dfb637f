# A text file as a constant of C, with a zero byte at its end:
#   cmake -D INPUT=a/b.html -D OUTPUT=b_html.c -P embed.cmake
# makes const char b_html[].
get_filename_component(name ${INPUT} NAME)
string(REPLACE "." "_" name ${name})
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "((0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,)(0x..,))"
       "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "extern const char ${name}[];\n"
     "const char ${name}[] = {\n${bytes}0x00};\n")
