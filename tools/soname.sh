#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/soname.sh NAME COMPILER..
# Prints the name under which the loader finds the shared library -lNAME of this compiler.
set -eu
name=$1
shift
readelf -d "$("$@" "-print-file-name=lib$name.so")" |
    sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p' | grep .
