/* SPDX-License-Identifier: Apache-2.0
 * base/lazy.h
 * lazy: shared libraries that are loaded when one of their functions is first called. Most
 * commands need neither HTTP nor git, and loading those libraries with all that they need took
 * half of the time of a training. Their doors call them as ever: tools/lazy_stubs.sh writes the
 * functions that stand in for them. Where it cannot, they are linked as usual, and
 * lazy_load_git() does nothing. */
#ifndef BASE_LAZY_H
#define BASE_LAZY_H
#include <stddef.h>

/* A library, as lazy_stubs.sh lays it out. */
struct lazy {
    const char *soname;
    const char *const *names; /* (n) of its functions */
    void **slots;             /* (n) what a call of each jumps to */
    size_t n;
};

/* Loads it and fills the slots, for the stand-ins alone; ends the process with a message when
 * it is not there. */
void lazy_load(struct lazy *library);

/* libgit2, before a process jails itself and can load nothing any more. */
void lazy_load_git(void);

#endif
