#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/check_format.sh [ROOT]
# Fails when clang-format would change a C file of ours.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/format" --check "${1:-.}"
