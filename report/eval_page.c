/* SPDX-License-Identifier: Apache-2.0 */
#include "report/eval_page.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/embedded.h"
#include "report/html.h"

extern const struct embedded report_style[];

static void add_head(struct buf *out, const struct eval_page *p)
{
    html_printf(out,
                "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<title>How well %s reads</title>\n<style>\n",
                p->model);
    buf_add(out, report_style[0].data, report_style[0].len);
    html_printf(out,
                "</style>\n</head>\n<body>\n<header>\n<h1>How well %s reads</h1>\n"
                "<p class=\"soft\">%s &middot; %zu pictures of %s</p>\n</header>\n<main>\n",
                p->model, p->architecture, p->n, p->data);
}

static void add_tiles(struct buf *out, const struct eval_page *p)
{
    buf_add_str(out, "<ul class=\"tiles\">\n");
    html_printf(out,
                "<li><b>%.2f%%</b><span>read right</span><span class=\"soft\">%zu of %zu; 95%% "
                "interval %.2f to %.2f%%</span></li>\n",
                100.0 * p->accuracy, p->n_right, p->n, 100.0 * p->accuracy_range.low,
                100.0 * p->accuracy_range.high);
    html_printf(
        out,
        "<li><b>%.4f</b><span>nats of surprise</span><span class=\"soft\">mean negative "
        "log-likelihood of the truth</span></li>\n",
        p->nll);
    html_printf(out,
                "<li><b>%.2f</b><span>points off in its confidence</span><span class=\"soft\">"
                "expected calibration error, %zu bins</span></li>\n",
                100.0 * p->ece, p->n_bins);
    html_printf(out,
                "<li><b>%.2f &micro;s</b><span>for one picture</span><span class=\"soft\">"
                "median; 99%% within %.2f &micro;s (%s)</span></li>\n</ul>\n",
                p->p50_us, p->p99_us, p->isa);
}

static void add_other(struct buf *out, const struct eval_page_other *o)
{
    html_printf(out,
                "<section class=\"full\">\n<h2>Against %s</h2>\n<p>%.2f points of accuracy "
                "(95%% interval %.2f to %.2f), %.4f nats (%.4f to %.4f); minus is less than "
                "the other.</p>\n",
                o->name, 100.0 * o->accuracy, 100.0 * o->accuracy_range.low,
                100.0 * o->accuracy_range.high, o->nll, o->nll_range.low, o->nll_range.high);
    html_printf(out,
                "<p>Read right by one of the two alone: %zu by this one, %zu by the other. "
                "McNemar&#39;s exact test gives p %s %.4f, %s.</p>\n</section>\n",
                o->only_this, o->only_other, o->p < 0.0001 ? "<" : "=",
                o->p < 0.0001 ? 0.0001 : o->p,
                o->p < 0.05 ? "a difference that is hard to call chance"
                            : "which chance explains well enough");
}

static void add_digits(struct buf *out, const struct eval_page *p)
{
    buf_add_str(
        out,
        "<section class=\"full\">\n<h2>Digit by digit</h2>\n"
        "<div class=\"wide\" role=\"group\" aria-label=\"Digit by digit\" tabindex=\"0\">\n"
        "<table>\n"
        "<thead><tr><th>Digit</th><th class=\"number\">Pictures</th>"
        "<th class=\"number\">Read right</th><th class=\"number\">95% interval</th>"
        "<th class=\"number\">Right when read</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < EVAL_PAGE_CLASSES; i++) {
        const struct eval_page_digit *d = &p->digits[i];

        html_printf(out, "<tr><td>%zu</td><td class=\"number\">%zu</td><td class=\"number\">",
                    i, d->n);
        if (d->n > 0)
            html_printf(out, "%.2f%%</td><td class=\"number\">%.1f to %.1f%%",
                        100.0 * (double)d->n_right / (double)d->n, 100.0 * d->recall.low,
                        100.0 * d->recall.high);
        else
            buf_add_str(out, "-</td><td class=\"number\">-");
        buf_add_str(out, "</td><td class=\"number\">");
        if (d->n_predicted > 0)
            html_printf(out, "%.2f%%", 100.0 * (double)d->n_right / (double)d->n_predicted);
        else
            buf_add_str(out, "-");
        buf_add_str(out, "</td></tr>\n");
    }
    buf_add_str(out, "</tbody>\n</table>\n</div>\n</section>\n");
}

enum { CELL = 34, LEFT = 40, TOP = 40 };

static void add_cell(struct buf *out, const struct eval_page *p, size_t truth, size_t read)
{
    size_t n = p->confusion[truth][read], of = p->digits[truth].n;
    double x = LEFT + (double)read * CELL, y = TOP + (double)truth * CELL;

    if (n == 0)
        return;
    /* Mistakes are rare: a tenth of a row is as dark as it gets. */
    double share = (double)n / (double)of * (truth == read ? 1.0 : 10.0);
    html_printf(out,
                "<rect class=\"%s\" fill-opacity=\"%.2f\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" "
                "height=\"%d\"><title>%zu of %zu pictures of %zu are read as %zu</title></rect>"
                "<text class=\"middle cell\" x=\"%.1f\" y=\"%.1f\">%zu</text>\n",
                truth == read ? "c3" : "c5", 0.2 + 0.6 * (share < 1.0 ? share : 1.0), x, y,
                (int)CELL - 2, (int)CELL - 2, n, of, truth, read, x + CELL / 2.0 - 1,
                y + CELL / 2.0 + 3, n);
}

static void add_confusion(struct buf *out, const struct eval_page *p)
{
    int size = LEFT + EVAL_PAGE_CLASSES * CELL;

    html_printf(out,
                "<section>\n<h2>What is taken for what</h2>\n<svg viewBox=\"0 0 %d %d\" "
                "role=\"img\" aria-label=\"Confusion matrix\"><title>Confusion matrix</title>\n"
                "<text class=\"middle\" x=\"%d\" y=\"12\">read as</text>\n"
                "<text x=\"0\" y=\"30\">truth</text>\n",
                size, TOP + EVAL_PAGE_CLASSES * CELL, LEFT + (size - LEFT) / 2);
    for (size_t i = 0; i < EVAL_PAGE_CLASSES; i++) {
        double middle = (double)i * CELL + CELL / 2.0;

        html_printf(out,
                    "<text class=\"middle\" x=\"%.1f\" y=\"30\">%zu</text>"
                    "<text class=\"left\" x=\"%d\" y=\"%.1f\">%zu</text>\n",
                    LEFT + middle, i, (int)LEFT - 10, TOP + middle + 3, i);
        for (size_t read = 0; read < EVAL_PAGE_CLASSES; read++)
            add_cell(out, p, i, read);
    }
    buf_add_str(out, "</svg>\n</section>\n");
}

enum { PLOT = 300, PLOT_LEFT = 38, PLOT_TOP = 10 };

static double plot_x(double share)
{
    return PLOT_LEFT + share * PLOT;
}

static double plot_y(double share)
{
    return PLOT_TOP + (1.0 - share) * PLOT;
}

static void add_axes(struct buf *out)
{
    for (int percent = 0; percent <= 100; percent += 25) {
        double at = percent / 100.0;

        html_printf(out,
                    "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>"
                    "<text class=\"left\" x=\"%d\" y=\"%.1f\">%d%%</text>"
                    "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%d%%</text>\n",
                    plot_x(0.0), plot_y(at), plot_x(1.0), (int)PLOT_LEFT - 6, plot_y(at) + 3,
                    percent, plot_x(at), (int)(PLOT_TOP + PLOT + 16), percent);
    }
    html_printf(out, "<path class=\"line\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", plot_x(0.0),
                plot_y(0.0), plot_x(1.0), plot_y(1.0));
}

static void add_reliability(struct buf *out, const struct eval_page *p)
{
    html_printf(out,
                "<section>\n<h2>How far its confidence can be trusted</h2>\n"
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Share read right by "
                "confidence\"><title>Share read right by confidence</title>\n",
                (int)(PLOT_LEFT + PLOT + 14), (int)(PLOT_TOP + PLOT + 24));
    for (size_t i = 0; i < p->n_bins; i++) {
        const struct eval_page_bin *b = &p->bins[i];

        if (b->n > 0)
            html_printf(out,
                        "<rect class=\"c1\" fill-opacity=\".75\" x=\"%.1f\" y=\"%.1f\" "
                        "width=\"%.1f\" height=\"%.1f\"><title>%zu pictures, %.1f%% sure on "
                        "average: %.1f%% right</title></rect>\n",
                        plot_x(b->from) + 1, plot_y(b->accuracy), (b->to - b->from) * PLOT - 2,
                        b->accuracy * PLOT, b->n, 100.0 * b->confidence, 100.0 * b->accuracy);
    }
    add_axes(out);
    buf_add_str(out, "</svg>\n<p class=\"note\">Along: how sure it was. Up: how often it was "
                     "right. On the line the two agree; bars above it mean that it doubts more "
                     "than it must.</p>\n</section>\n");
}

static void add_picture(struct buf *out, const struct eval_page_misread *m)
{
    buf_add_str(out, "<figure><img alt=\"\" src=\"data:image/png;base64,");
    base64_add(out, m->png, m->png_len);
    html_printf(out,
                "\"><figcaption>a %u read as <b>%u</b><br><span class=\"soft\">%.0f%% sure, "
                "row %zu</span></figcaption></figure>\n",
                m->truth, m->predicted, 100.0 * m->confidence, m->row);
}

static void add_misread(struct buf *out, const struct eval_page *p)
{
    html_printf(out, "<section class=\"full\">\n<h2>Misread pictures</h2>\n<p>%zu in all",
                p->n_misread);
    if (p->n_shown < p->n_misread)
        html_printf(out, "; these are the %zu that it was surest of", p->n_shown);
    buf_add_str(out, p->n_misread > 0 ? ", the surest first.</p>\n<div class=\"pictures\">\n"
                                      : ".</p>\n<div class=\"pictures\">\n");
    for (size_t i = 0; i < p->n_shown; i++)
        add_picture(out, &p->misread[i]);
    buf_add_str(out, "</div>\n</section>\n");
}

void eval_page_write(struct buf *out, const struct eval_page *page)
{
    add_head(out, page);
    add_tiles(out, page);
    buf_add_str(out, "<div class=\"charts\">\n");
    if (page->other)
        add_other(out, page->other);
    add_confusion(out, page);
    add_reliability(out, page);
    add_digits(out, page);
    add_misread(out, page);
    buf_add_str(out,
                "</div>\n</main>\n<footer>The same figures for programs: <code>hearth eval "
                "--json</code>.</footer>\n</body>\n</html>\n");
}
