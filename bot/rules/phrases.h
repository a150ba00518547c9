/* SPDX-License-Identifier: Apache-2.0
 * bot/rules/phrases.h
 * phrases: the words by which kinds of feedback are told, each list for one rule of kind.c.
 * Lists end with NULL; how a phrase is written stands in words.h. An exception is no match
 * although a phrase of the list before it matches. */
#ifndef BOT_RULES_PHRASES_H
#define BOT_RULES_PHRASES_H

extern const char *const conduct_phrases[];
extern const char *const mislabelled_phrases[];
extern const char *const misread_phrases[];
extern const char *const crash_phrases[];
extern const char *const crash_exceptions[];
extern const char *const crash_output[];
extern const char *const docs_phrases[];
extern const char *const sample_phrases[];
extern const char *const data_phrases[];
extern const char *const request_phrases[];
extern const char *const request_exceptions[];
extern const char *const question_phrases[];
extern const char *const question_openings[];
extern const char *const praise_phrases[];
extern const char *const praise_exceptions[];

#endif
