/* SPDX-License-Identifier: Apache-2.0
 * base/log.h
 * log: one line on stderr, `level event key=value`.
 * Only cli/, the cycle and the servers' outermost loops log; library code returns errors.
 * Values are escaped, so no stranger's text can forge a line; tokens and whole bodies are never
 * passed here. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO };

/* event: one-word-with-dashes. fmt: `key=%d other=%s`; after formatting, control characters
 * become \xHH. A warning says what happens next ("skipping", "retrying in 30s"). */
void log_event(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
