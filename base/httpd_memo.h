/* SPDX-License-Identifier: Apache-2.0
 * base/httpd_memo.h
 * httpd_memo: whole replies that are remembered for a moment, to be sent again.
 * Private to base/httpd*.c. What is remembered was made for nobody in particular: requests that
 * carry credentials, conditions or a range neither ask here nor fill it. Any request that may
 * have changed something makes all forgotten; what changes behind the server's back is seen
 * when the time is up, and when it is asked for steadily after half of it. */
#ifndef BASE_HTTPD_MEMO_H
#define BASE_HTTPD_MEMO_H
#include <stdbool.h>
#include <stdint.h>

struct httpd_memo;
struct httpd_request;
struct httpd_response;

struct httpd_memo *httpd_memo_new(void);
void httpd_memo_free(struct httpd_memo *memo); /* NULL is fine */

/* Queues what is remembered for this request, with an id of its own; false when there is
 * nothing. */
bool httpd_memo_answer(struct httpd_memo *memo, struct httpd_request *req);
/* Remembers the reply to it for as long as its handler said, and queues it: 1. 0 when it is not
 * one to remember, and nothing happened; negative when it could not be queued. */
int httpd_memo_keep(struct httpd_memo *memo, struct httpd_request *req, int status,
                    struct httpd_response *res);

/* A reply that was begun before something changed is not remembered after it. */
uint64_t httpd_memo_generation(struct httpd_memo *memo);
void httpd_memo_forget(struct httpd_memo *memo);

#endif
