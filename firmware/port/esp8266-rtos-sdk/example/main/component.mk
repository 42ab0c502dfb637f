# Compiles what lies here.
