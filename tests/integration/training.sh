#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/integration/training.sh HEARTH SOURCE_ROOT
# A training that is killed and resumed, watched, stopped early and explained, from outside.
set -eu
hearth=$1
digits=$2/data/digits-8x8/digits.csv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "training: $*" >&2; exit 1; }

train() { "$hearth" train --data "$digits" --epochs 300 --learning-rate 0.0003 "$@"; }

# Killed as soon as there is a checkpoint, three times, each time further on.
train --out "$work/whole" >"$work/out"
before=''
for round in 1 2 3; do
    train --out "$work/killed" --checkpoint 5 --resume >"$work/out" 2>"$work/err" &
    child=$!
    while [ "$(cksum "$work/killed/checkpoint.safetensors" 2>/dev/null)" = "$before" ]; do
        kill -0 "$child" 2>/dev/null || fail "round $round ended before it could be killed"
    done
    kill -9 "$child"
    wait "$child" || true
    [ ! -e "$work/killed/model.safetensors" ] || fail "a killed training left a model"
    before=$(cksum "$work/killed/checkpoint.safetensors")
done
train --out "$work/killed" --resume >"$work/out"
grep -q 'from the checkpoint' "$work/out" || fail "the last run did not resume"
cmp "$work/whole/model.safetensors" "$work/killed/model.safetensors" ||
    fail "a resumed training gave another model"
cmp "$work/whole/curves.csv" "$work/killed/curves.csv" || fail "the resumed curves differ"
[ ! -e "$work/killed/checkpoint.safetensors" ] || fail "the checkpoint was left behind"
train --out "$work/new" --resume 2>"$work/err" --epochs 1 >"$work/out"
grep -q 'starting with the first epoch' "$work/err" || fail "a missing checkpoint went unsaid"

# A bar on a terminal only; curves for people and for TensorBoard.
[ "$(wc -c <"$work/err")" -lt 200 ] || fail "a progress bar without a terminal"
script -qec "'$hearth' train --data '$digits' --out '$work/seen' --validation 0.2 --tfevents" \
    "$work/seen.txt" >"$work/out"
grep -q 'epoch 10/10 \[' "$work/seen.txt" || fail "no progress bar on a terminal"
[ "$(wc -l <"$work/seen/curves.csv")" = 11 ] || fail "curves.csv has not a line for each epoch"
ls "$work"/seen/events.out.tfevents.*.hearth >"$work/out" || fail "no event file"

# Early stopping and --explain.
train --out "$work/early" --validation 0.3 --patience 2 --learning-rate 0.05 --explain \
    >"$work/out"
grep -q 'stopped' "$work/out" || fail "300 epochs at this rate, and no early stop"
for text in 'fc1.weight' 'memory ' 'FLOP ' 'forward ' 'validation '; do
    grep -q "$text" "$work/out" || fail "--explain does not tell of '$text'"
done
train --out "$work/early" --epochs 1 --explain --json | grep -q '"forward_per_image": 18944' ||
    fail "--explain --json does not count operations"
rc=0
train --out "$work/bad" --patience 2 2>"$work/err" || rc=$?
[ $rc = 1 ] || fail "patience without validation ended with $rc"
grep -q 'patience needs validation' "$work/err" || fail "it does not say what patience needs"
[ ! -e "$work/bad" ] || fail "a refused training left files behind"
echo "training: ok"
