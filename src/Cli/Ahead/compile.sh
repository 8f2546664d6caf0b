#!/bin/sh
# compile.sh COMPILER RESPONSES FOLDER FILE: compiles one assembly ahead of time into FOLDER, all of it or nothing.
name=$(basename "$4")
rm -f "$3/$name"
"$1" "@$2" "$4" -o "$3/$name.new" && mv "$3/$name.new" "$3/$name"
