/* SPDX-License-Identifier: Apache-2.0 */
#include "report/eval_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static struct eval_page small_page(void)
{
    struct eval_page page = {
        .model = "m", .architecture = "mlp", .data = "d.csv", .isa = "v3"
    };

    page.n = 4;
    page.n_right = 3;
    page.accuracy = 0.75;
    page.accuracy_range = (struct eval_page_range){ 0.3, 0.95 };
    page.digits[7] = (struct eval_page_digit){ 4, 3, 3, { 0.3, 0.95 } };
    page.confusion[7][7] = 3;
    page.confusion[7][1] = 1;
    page.n_bins = 2;
    page.bins[1] = (struct eval_page_bin){ 0.5, 1.0, 4, 0.75, 0.8 };
    page.n_misread = page.n_shown = 1;
    page.misread[0] = (struct eval_page_misread){ "PNG", 3, 12, 7, 1, 0.625 };
    return page;
}

static void page_shows_figures_charts_and_misread_pictures(void **state)
{
    static const char *const shown[] = {
        "<b>75.00%</b>",
        "3 of 4; 95% interval 30.00 to 95.00%",
        "1 of 4 pictures of 7",
        "4 pictures, 80.0% sure on average: 75.0% right",
        "data:image/png;base64,UE5H\"><figcaption>a 7 read as <b>1</b>",
        "row 12",
    };
    struct eval_page page = small_page();
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    eval_page_write(&out, &page);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        assert_non_null(strstr(out.data, shown[i]));
    assert_null(strstr(out.data, "Against"));
    assert_null(strstr(out.data, "<script"));
    assert_null(strstr(out.data, "http"));
    buf_finish(&out);
}

static void names_are_escaped(void **state)
{
    struct eval_page page = small_page();
    const struct eval_page_other other = { .name = "<i>other", .p = 0.01 };
    struct buf out;

    (void)state;
    page.model = "<b>&model";
    page.data = "\"><script>";
    page.other = &other;
    buf_init(&out, 1 << 20);
    eval_page_write(&out, &page);
    assert_non_null(strstr(out.data, "&lt;b&gt;&amp;model"));
    assert_non_null(strstr(out.data, "Against &lt;i&gt;other"));
    assert_null(strstr(out.data, "<script"));
    buf_finish(&out);
}

static void digits_without_a_picture_have_no_share(void **state)
{
    struct eval_page page = small_page();
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    eval_page_write(&out, &page);
    assert_non_null(strstr(out.data, "<tr><td>2</td><td class=\"number\">0</td>"
                                     "<td class=\"number\">-</td>"));
    buf_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_shows_figures_charts_and_misread_pictures),
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(digits_without_a_picture_have_no_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
