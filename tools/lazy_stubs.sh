#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tools/lazy_stubs.sh OUT.S LIBRARY PREFIX SONAME ARCHIVE
# Writes assembly (x86-64) that defines each function of LIBRARY, whose names begin with PREFIX,
# that ARCHIVE calls. Each jumps through its slot; a slot points to a piece of code that has
# base/lazy.c load SONAME first, and then at the function itself. See base/lazy.h.
set -eu
out=$1 library=$2 prefix=$3 soname=$4 archive=$5

nm "$archive" 2>/dev/null |
    awk -v prefix="$prefix" '
        NF == 2 && $1 == "U" && index($2, prefix) == 1 { called[$2] }
        NF == 3 { ours[$3] }
        END { for (name in called) if (!(name in ours)) print name }' | LC_ALL=C sort |
    awk -v library="$library" -v soname="$soname" '
    { name[NR - 1] = $1 }
    END {
        if (NR == 0) {
            print "lazy_stubs: nothing of " soname " is called" >"/dev/stderr"
            exit 1
        }
        print "\t.text"
        for (i = 0; i < NR; i++) {
            print "\t.globl " name[i] "\n\t.hidden " name[i] "\n\t.type " name[i] ",@function"
            print name[i] ":\n\tendbr64\n\tjmp *slots+" 8 * i "(%rip)"
            print "\t.size " name[i] ", .-" name[i]
            print "load" i ":\n\tendbr64\n\tpushq $" i "\n\tjmp load"
        }
        # Everything that may hold an argument is kept: six registers, the number of vector
        # ones in al, and those.
        print "load:"
        n = split("rax rdi rsi rdx rcx r8 r9 r10", kept, " ")
        for (i = 1; i <= n; i++)
            print "\tpushq %" kept[i]
        print "\tsubq $128, %rsp"
        for (i = 0; i < 8; i++)
            print "\tmovdqu %xmm" i ", " 16 * i "(%rsp)"
        print "\tleaq lazy_" library "(%rip), %rdi\n\tcall lazy_load"
        for (i = 0; i < 8; i++)
            print "\tmovdqu " 16 * i "(%rsp), %xmm" i
        print "\taddq $128, %rsp"
        for (i = n; i > 0; i--)
            print "\tpopq %" kept[i]
        print "\tpopq %r11\n\tleaq slots(%rip), %r10\n\tjmp *(%r10, %r11, 8)"
        print "\t.section .rodata"
        print "soname:\n\t.asciz \"" soname "\""
        for (i = 0; i < NR; i++)
            print "name" i ":\n\t.asciz \"" name[i] "\""
        print "\t.section .data.rel.local, \"aw\"\n\t.balign 8"
        print "names:"
        for (i = 0; i < NR; i++)
            print "\t.quad name" i
        print "slots:"
        for (i = 0; i < NR; i++)
            print "\t.quad load" i
        print "\t.globl lazy_" library "\n\t.hidden lazy_" library
        print "lazy_" library ":\n\t.quad soname, names, slots, " NR
        print "\t.section .note.GNU-stack, \"\", @progbits"
    }' >"$out.part"
mv "$out.part" "$out"
