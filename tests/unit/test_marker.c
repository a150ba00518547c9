/* SPDX-License-Identifier: Apache-2.0 */
#include "bot/marker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"

enum { ROOM = 1 << 20 };

static void a_comment_begins_with_a_marker_that_is_read_back(void **state)
{
    json_t *facts = json_pack("{s:s, s:i}", "key", "7/retrain/4fd1c0", "n", 3);
    char rule[MARKER_MAX_RULE];
    struct buf out;

    (void)state;
    buf_init(&out, ROOM);
    comment_render(&out, "retrain", facts, "Hello.\n");
    assert_string_equal(
        out.data,
        "<!-- hearth:retrain v1 {\"key\":\"7/retrain/4fd1c0\",\"n\":3} -->\nHello.\n");
    assert_true(marker_rule(rule, out.data));
    assert_string_equal(rule, "retrain");
    assert_true(marker_rule(rule, "<!-- hearth:a-rule-of-thirty-one-characters v1 {} -->"));
    assert_string_equal(rule, "a-rule-of-thirty-one-characters");
    json_t *read = marker_facts(out.data);
    assert_true(json_equal(read, facts));
    json_decref(read);
    json_decref(facts);
    buf_finish(&out);
}

static void facts_cannot_end_the_hidden_line(void **state)
{
    json_t *facts = json_pack("{s:s}", "title", "--> <script>");
    struct buf out;

    (void)state;
    buf_init(&out, ROOM);
    comment_render(&out, "retrain", facts, "text");
    assert_ptr_equal(strstr(out.data, "-->"), strstr(out.data, "-->\ntext"));
    assert_null(strstr(out.data, "<script"));
    json_t *read = marker_facts(out.data);
    assert_string_equal(json_string_value(json_object_get(read, "title")), "--> <script>");
    json_decref(read);
    json_decref(facts);
    buf_finish(&out);
}

static void too_many_facts_are_left_out_and_not_read(void **state)
{
    char text[9000];
    struct buf out;

    (void)state;
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    json_t *facts = json_pack("{s:s}", "title", text);
    buf_init(&out, ROOM);
    comment_render(&out, "retrain", facts, "text");
    assert_string_equal(out.data, "<!-- hearth:retrain v1 {} -->\ntext");
    buf_clear(&out);
    buf_printf(&out, "<!-- hearth:retrain v1 {\"title\":\"%s\"} -->", text);
    assert_null(marker_facts(out.data));
    json_decref(facts);
    buf_finish(&out);
}

static void other_comments_have_no_marker(void **state)
{
    static const char *const bodies[] = {
        "",
        "Hello",
        " <!-- hearth:retrain v1 {} -->",
        "quoted: <!-- hearth:retrain v1 {} -->",
        "<!-- hearth: v1 {} -->",
        "<!-- hearth:Retrain v1 {} -->",
        "<!-- hearth:retrain v2 {} -->",
        "<!-- dearth:retrain v1 {} -->",
        "<!-- hearth:a-rule-of-thirty-two-characters- v1 {} -->",
        "<!-- hearth:a-rule-that-is-longer-than-any-we-have v1 {} -->",
        "<!-- hearth:retrain",
    };
    char rule[MARKER_MAX_RULE];

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_false(marker_rule(rule, bodies[i]));
        assert_string_equal(rule, "");
        assert_null(marker_facts(bodies[i]));
    }
}

static void unreadable_facts_leave_the_rule(void **state)
{
    static const char *const bodies[] = {
        "<!-- hearth:retrain v1 {} ",
        "<!-- hearth:retrain v1 [1] -->",
        "<!-- hearth:retrain v1 {\"a\": -->",
        "<!-- hearth:retrain v1  -->",
    };
    char rule[MARKER_MAX_RULE];

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        assert_true(marker_rule(rule, bodies[i]));
        assert_null(marker_facts(bodies[i]));
    }
}

/* A comment of n times unit behind the head, rendered. */
static void render_repeated(struct buf *out, const char *head, const char *unit, size_t n)
{
    struct buf text;

    buf_init(&text, ROOM);
    buf_add_str(&text, head);
    for (size_t i = 0; i < n; i++)
        buf_add_str(&text, unit);
    buf_init(out, ROOM);
    comment_render(out, "retrain", NULL, text.data);
    buf_finish(&text);
}

static size_t characters(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

static void a_long_comment_is_cut_between_characters_and_says_so(void **state)
{
    struct buf out;

    (void)state;
    render_repeated(&out, "", "\xe2\x82\xac", 70000);
    assert_true(text_is_utf8(out.data, out.len));
    assert_true(characters(out.data) <= COMMENT_MAX_CHARACTERS);
    assert_true(characters(out.data) > COMMENT_MAX_CHARACTERS - 100);
    assert_true(text_has_suffix(out.data, "*(cut here: a comment may not be longer)*\n"));
    buf_finish(&out);
}

static void a_comment_of_the_greatest_length_is_whole(void **state)
{
    size_t head = strlen("<!-- hearth:retrain v1 {} -->\n");
    struct buf out;

    (void)state;
    render_repeated(&out, "", "x", COMMENT_MAX_CHARACTERS - head);
    assert_int_equal(out.len, COMMENT_MAX_CHARACTERS);
    assert_null(strstr(out.data, "cut here"));
    buf_finish(&out);
}

static void a_cut_closes_the_open_fence(void **state)
{
    struct buf out;

    (void)state;
    render_repeated(&out, "~~~\na\n~~~\n````text\n```\n", "0123456789\n", 7000);
    assert_non_null(strstr(out.data, "\n````\n\n*(cut here"));
    buf_finish(&out);
}

static void no_fence_is_closed_that_is_not_open(void **state)
{
    static const char *const closed[] = {
        "```\na\n```\n",   "   ```\na\n   ````\n", /* indented, and closed by a longer one */
        "    ```\n",                               /* four blanks: code, no fence */
        "``\n~~\n---\n",                           /* too short, or no mark of one */
        "~~~\n```\n~~~\n",                         /* the other mark neither closes nor opens */
    };
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
        render_repeated(&out, closed[i], "0123456789", 7000);
        const char *end = strstr(out.data, "\n\n*(cut here");
        assert_non_null(end);
        assert_true(end[-1] >= '0' && end[-1] <= '9');
        buf_finish(&out);
    }
}

static void comments_compare_without_what_forges_change(void **state)
{
    (void)state;
    assert_true(comment_is_same("a\nb\n", "a\r\nb"));
    assert_true(comment_is_same("a \n", "a"));
    assert_true(comment_is_same("", "\n"));
    assert_false(comment_is_same("a\nb", "a\nc"));
    assert_false(comment_is_same("a", "a b"));
    assert_false(comment_is_same(" a", "a"));
    assert_false(comment_is_same("a b", "a"));
    assert_true(comment_is_same("\r\na\r\nb", "\na\nb"));
}

static void rules_are_short_words(void **state)
{
    (void)state;
    assert_true(marker_is_rule("retrain"));
    assert_true(marker_is_rule("model_error-2"));
    assert_false(marker_is_rule(""));
    assert_false(marker_is_rule("Retrain"));
    assert_false(marker_is_rule("re train"));
    assert_true(marker_is_rule("a-rule-of-thirty-one-characters"));
    assert_false(marker_is_rule("a-rule-of-thirty-two-characters-"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_comment_begins_with_a_marker_that_is_read_back),
        cmocka_unit_test(facts_cannot_end_the_hidden_line),
        cmocka_unit_test(too_many_facts_are_left_out_and_not_read),
        cmocka_unit_test(other_comments_have_no_marker),
        cmocka_unit_test(unreadable_facts_leave_the_rule),
        cmocka_unit_test(a_long_comment_is_cut_between_characters_and_says_so),
        cmocka_unit_test(a_comment_of_the_greatest_length_is_whole),
        cmocka_unit_test(a_cut_closes_the_open_fence),
        cmocka_unit_test(no_fence_is_closed_that_is_not_open),
        cmocka_unit_test(comments_compare_without_what_forges_change),
        cmocka_unit_test(rules_are_short_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
