#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/integration/model_commands.sh HEARTH SOURCE_ROOT
# train, eval and predict as a person uses them: results, exit codes, messages, same bytes.
set -eu
hearth=$1
root=$2
digits=$root/data/digits-8x8/digits.csv
picture=$root/tests/fuzz/corpus/png/good-grey8.png
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "model_commands: $*" >&2; exit 1; }

# expect CODE TEXT WORDS..: hearth WORDS ends with CODE and says TEXT on stderr.
expect() {
    code=$1 text=$2
    shift 2
    rc=0
    "$hearth" "$@" >"$work/out" 2>"$work/err" || rc=$?
    [ "$rc" = "$code" ] || fail "'$*' ended with $rc, not $code: $(cat "$work/err")"
    [ -z "$text" ] || grep -qF -- "$text" "$work/err" ||
        fail "'$*' did not say '$text': $(cat "$work/err")"
}

# Who stops reading, as head does, is told nothing; a full disk is told.
mkfifo "$work/pipe"
exec 4<>"$work/pipe"
exec 5>"$work/pipe"
exec 4<&-
rc=0
"$hearth" help >&5 2>"$work/err" || rc=$?
exec 5>&-
[ $rc = 1 ] || fail "a closed pipe ended with $rc"
[ ! -s "$work/err" ] || fail "a closed pipe was told: $(cat "$work/err")"
"$hearth" help >/dev/full 2>"$work/err" && fail "a full disk was not noticed"
grep -q 'No space left' "$work/err" || fail "a full disk was not told"

expect 0 '' train --data "$digits" --out "$work/one"
expect 0 '' train --data "$digits" --out "$work/two" --threads 2
cmp "$work/one/model.safetensors" "$work/two/model.safetensors" ||
    fail "two threads gave another model than one"
HEARTH_ISA=baseline "$hearth" train --data "$digits" --out "$work/three" >"$work/out"
cmp "$work/one/model.safetensors" "$work/three/model.safetensors" ||
    fail "the baseline kernels gave another model"
grep -q '"isa": "baseline"' "$work/three/report.json" ||
    fail "report.json does not name the isa"
grep -q '"threads": 2' "$work/two/report.json" ||
    fail "report.json does not name the threads"
expect 0 '' train --data "$digits" --out "$work/four" --seed 1 --epochs 1
! cmp -s "$work/one/model.safetensors" "$work/four/model.safetensors" ||
    fail "another seed gave the same model"

expect 0 '' train --data "$digits" --out "$work/five" --epochs 2 --optimizer sgd \
    --momentum 0.9 --schedule one-cycle --learning-rate 0.1 --weight-decay 0.0001 --batch 32
for text in '"optimizer": "sgd"' '"schedule": "one-cycle"' '"momentum": 0.9' '"batch": 32'; do
    grep -q "$text" "$work/five/report.json" || fail "report.json has no $text"
done
grep -q '"schedule":"one-cycle"' "$work/five/model.safetensors" ||
    fail "the model does not name its schedule"
expect 0 '' eval "$work/one" --data "$digits" --json
for key in accuracy n nll ece per_class confusion; do
    grep -q "\"$key\":" "$work/out" || fail "eval --json has no $key"
done
for key in bins accuracy_interval; do
    grep -q "\"$key\":" "$work/out" || fail "eval --json has no $key"
done
expect 0 '' eval "$work/one" --data "$digits" --against "$work/four" --latency \
    --html "$work/page.html"
grep -q 'right by one model alone' "$work/out" || fail "eval --against compares nothing"
grep -q '^ 93.3 to 100.0% ' "$work/out" || fail "eval shows no bins of reliability"
grep -q '^latency ' "$work/out" || fail "eval --latency times nothing"
misread=$(sed -n 's/^<p>\([0-9]*\) in all.*/\1/p' "$work/page.html")
pictures=$(grep -c 'src="data:image/png;base64,iVBOR' "$work/page.html")
[ "$pictures" -gt 0 ] || fail "no misread picture on the page"
[ "$pictures" -le "$misread" ] ||
    fail "$pictures pictures of $misread misread ones"
expect 0 '' eval "$work/one" --data "$digits" --against "$work/one" --json
grep -q '"mcnemar_p": 1.0' "$work/out" || fail "a model is better than itself"
expect 0 '' predict "$work/one/model.safetensors" "$picture" "$picture"
[ "$(wc -l <"$work/out")" = 2 ] || fail "two pictures did not give two lines"

# Every format and back: the same samples in the same order.
from=$digits
for name in a-images-idx3-ubyte a-images-idx3-ubyte.gz a-images.npy pictures a.csv.gz a.csv; do
    expect 0 '' convert "$from" "$work/$name"
    from=$work/$name
done
cmp "$digits" "$work/a.csv" || fail "converting through every format changed the data"
expect 0 '' convert "$work/one" "$work/one.onnx"
expect 0 '' convert "$work/one.onnx" "$work/back.safetensors"
cmp "$work/one/model.safetensors" "$work/back.safetensors" ||
    fail "converting through ONNX changed the model"
printf 'no model' >"$work/bad.onnx"
expect 0 '' eval "$work/one.onnx" --data "$digits"
expect 2 'it cannot become' convert "$digits" "$work/x.onnx"
expect 2 'cannot tell its format' convert "$digits" "$work/x.bmp"
expect 1 'cannot make the folder' convert "$digits" "$work/pictures"
expect 1 'not an ONNX model' convert "$work/bad.onnx" "$work/x.safetensors"

# A vae scores, denoises and makes pictures; it tells nothing apart.
expect 0 '' train --data "$digits" --out "$work/vae" --arch vae --epochs 2
expect 0 '' eval "$work/vae" --data "$digits" --json
for figure in '"elbo": -' '"reconstruction_error": 0' '"accuracy": null' '"per_class": null' \
    '"confusion": null'; do
    grep -qF "$figure" "$work/out" || fail "eval --json of a vae has no $figure"
done
expect 0 '' predict "$work/vae" "$picture" --out "$work/denoised"
grep -q 'reconstruction error 0' "$work/out" || fail "predict with a vae printed no error"
expect 0 '' predict "$work/vae" --generate 3 --out "$work/made"
for made in denoised/000000.png made/000002.png made/sheet.png; do
    [ -s "$work/$made" ] || fail "there is no picture $made"
done
expect 2 'tells no classes apart' eval "$work/vae" --data "$digits" --html "$work/x.html"
expect 2 'makes no pictures' predict "$work/one" "$picture" --out "$work/x"
expect 2 'needs --out' predict "$work/vae" --generate 3
expect 1 'no ONNX form' convert "$work/vae" "$work/x.onnx"

# A name that is no UTF-8 is a name: the figures must not get lost for it.
latin=$work/$(printf 'gr\374n.png')
cp "$picture" "$latin"
expect 0 '' predict "$work/one" "$latin" --json
grep -q 'gr?n.png' "$work/out" || fail "predict lost $latin: $(cat "$work/out")"
expect 0 '' convert "$digits" "${latin%.png}.csv" --json
grep -q 'gr?n.csv' "$work/out" || fail "convert lost its name: $(cat "$work/out")"

# What a training killed while it wrote left: no process has this number.
mkdir "$work/killed"
: >"$work/killed/checkpoint.safetensors.4194304.tmp"
"$hearth" train --data "$digits" --out "$work/killed" --epochs 1 >/dev/null
[ "$(ls "$work/killed")" = "curves.csv
model.safetensors
report.json" ] || fail "a training leaves: $(ls "$work/killed")"

printf '1,2,3\n' >"$work/bad.csv"
expect 1 'bad.csv:1: 3 values' train --data "$work/bad.csv" --out "$work/bad"
expect 2 "no architecture 'nothing'" train --data "$digits" --out "$work/bad" --arch nothing
expect 2 '--epochs: 0' train --data "$digits" --out "$work/bad" --epochs 0
expect 2 "--optimizer: 'lion' is none of" train --data "$digits" --out "$work/bad" \
    --optimizer lion
expect 2 '--learning-rate: 11' train --data "$digits" --out "$work/bad" --learning-rate 11
expect 2 '--momentum goes with --optimizer sgd' train --data "$digits" --out "$work/bad" \
    --momentum 0.9
expect 2 '--weight-decay goes with' train --data "$digits" --out "$work/bad" --weight-decay 0.1
expect 2 '--threads' train --data "$digits" --out "$work/bad" --threads x
expect 2 'needs --data' train --out "$work/bad"
expect 2 'nowhere.csv' train --data "$work/nowhere.csv" --out "$work/bad"
expect 1 'not safetensors' eval "$digits" --data "$digits"
{ printf '0,%.0s' $(seq 784) && echo 1; } >"$work/wide.csv"
wrong="on $work/wide.csv: the model reads 8x8 images, the data are 28x28"
expect 1 "$work/one $wrong" eval "$work/one" --data "$work/wide.csv"
expect 1 "$work/vae $wrong" eval "$work/vae" --data "$work/wide.csv"
expect 1 'not a PNG' predict "$work/one" "$digits"
[ ! -e "$work/bad" ] || fail "a refused training left files behind"
export HEARTH_ISA=v9
expect 2 "'v9'" eval "$work/one" --data "$digits"
echo "model_commands: ok"
