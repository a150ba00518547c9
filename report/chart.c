/* SPDX-License-Identifier: Apache-2.0
 * Every drawing is 400 units wide, so that its text keeps a readable size on a phone. */
#include "report/chart.h"

#include "base/buf.h"
#include "report/html.h"

enum {
    WIDTH = 400,
    LABEL_WIDTH = 110,
    VALUE_WIDTH = 36,
    ROW_HEIGHT = 24,
    BAR_HEIGHT = 14,
    MAX_COLUMN_WIDTH = 44,
    PLOT_LEFT = 38,
    PLOT_RIGHT = WIDTH - 10,
    PLOT_TOP = 12,
    PLOT_HEIGHT = 150,
    PLOT_BOTTOM = PLOT_TOP + PLOT_HEIGHT,
    HEIGHT = PLOT_BOTTOM + 24,
};

static void begin(struct buf *out, const char *title, int height)
{
    html_printf(out,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"><title>%s</title>\n",
                (int)WIDTH, height, title, title);
}

static void end(struct buf *out)
{
    buf_add_str(out, "</svg>\n");
}

static void add_rect(struct buf *out, int colour, double x, double y, double width,
                     double height)
{
    if (width > 0 && height > 0)
        html_printf(out,
                    "<rect class=\"c%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                    "height=\"%.1f\"/>\n",
                    colour, x, y, width, height);
}

static void add_text(struct buf *out, const char *where, double x, double y, const char *text)
{
    html_printf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", where, x, y, text);
}

void chart_add_bars(struct buf *out, const char *title, const struct chart_bar *bars, size_t n)
{
    double scale = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
    int64_t top = 1;

    for (size_t i = 0; i < n; i++)
        if (bars[i].values[0] + bars[i].values[1] > top)
            top = bars[i].values[0] + bars[i].values[1];
    begin(out, title, (int)n * ROW_HEIGHT + 4);
    for (size_t i = 0; i < n; i++) {
        double y = (double)i * ROW_HEIGHT + 4;
        double first = scale * (double)bars[i].values[0] / (double)top;
        double second = scale * (double)bars[i].values[1] / (double)top;

        html_printf(out, "<text class=\"left\" x=\"%d\" y=\"%.1f\">%s</text>\n",
                    (int)LABEL_WIDTH - 8, y + 11.5, bars[i].label);
        add_rect(out, bars[i].colour, LABEL_WIDTH, y, first, BAR_HEIGHT);
        add_rect(out, bars[i].colour + 1, LABEL_WIDTH + first, y, second, BAR_HEIGHT);
        html_printf(out, "<text x=\"%.1f\" y=\"%.1f\">%lld</text>\n",
                    LABEL_WIDTH + first + second + 6, y + 11.5,
                    (long long)(bars[i].values[0] + bars[i].values[1]));
    }
    end(out);
}

/* The next of 1, 2, 5, 10, 20, 50, .. that is not below n. */
static int64_t round_up(int64_t n)
{
    int64_t unit = 1;

    while (unit * 10 <= n)
        unit *= 10;
    return unit >= n ? unit : unit * 2 >= n ? unit * 2 : unit * 5 >= n ? unit * 5 : unit * 10;
}

static void add_grid_line(struct buf *out, double y)
{
    html_printf(out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>\n", (int)PLOT_LEFT, y,
                (int)PLOT_RIGHT);
}

static int64_t sum(const struct chart_column *column)
{
    int64_t total = 0;

    for (size_t i = 0; i < CHART_N_COLOURS; i++)
        total += column->values[i];
    return total;
}

static void add_column(struct buf *out, const struct chart_column *column, double x,
                       double width, int64_t top)
{
    double body = width * 0.76 < MAX_COLUMN_WIDTH ? width * 0.76 : MAX_COLUMN_WIDTH;
    double y = PLOT_BOTTOM;

    for (int i = 0; i < CHART_N_COLOURS; i++) {
        double height = PLOT_HEIGHT * (double)column->values[i] / (double)top;
        add_rect(out, i, x + (width - body) / 2, y - height, body, height);
        y -= height;
    }
    if (column->label[0])
        add_text(out, "middle", x + width / 2, PLOT_BOTTOM + 15, column->label);
}

void chart_add_columns(struct buf *out, const char *title, const struct chart_column *columns,
                       size_t n)
{
    double width = (double)(PLOT_RIGHT - PLOT_LEFT) / (double)(n > 0 ? n : 1);
    int64_t top = 1;

    for (size_t i = 0; i < n; i++)
        if (sum(&columns[i]) > top)
            top = sum(&columns[i]);
    top = round_up(top);
    begin(out, title, HEIGHT);
    for (int i = 0; i <= 2; i++) {
        double y = PLOT_BOTTOM - PLOT_HEIGHT * i / 2.0;
        add_grid_line(out, y);
        if (i != 1 || top % 2 == 0)
            html_printf(out, "<text class=\"left\" x=\"%d\" y=\"%.1f\">%lld</text>\n",
                        (int)PLOT_LEFT - 6, y + 4, (long long)(top * i / 2));
    }
    for (size_t i = 0; i < n; i++)
        add_column(out, &columns[i], PLOT_LEFT + (double)i * width, width, top);
    end(out);
}

/* A range of shares with a little room around what is shown, at least one percent. */
struct range {
    double low, high;
};

static void widen(struct range *r, double value)
{
    if (value < 0)
        return;
    if (value < r->low)
        r->low = value;
    if (value > r->high)
        r->high = value;
}

static struct range range_of(const struct chart_point *points, size_t n)
{
    struct range r = { 1, 0 };

    for (size_t i = 0; i < n; i++) {
        widen(&r, points[i].before);
        widen(&r, points[i].after);
    }
    if (r.low > r.high)
        r = (struct range){ 0, 1 };
    double room = (r.high - r.low) * 0.15 > 0.005 ? (r.high - r.low) * 0.15 : 0.005;
    r.low = r.low - room > 0 ? r.low - room : 0;
    r.high = r.high + room < 1 ? r.high + room : 1;
    return r;
}

static double y_of(const struct range *r, double value)
{
    return PLOT_BOTTOM - PLOT_HEIGHT * (value - r->low) / (r->high - r->low);
}

static double x_of(size_t i, size_t n)
{
    double width = (double)(PLOT_RIGHT - PLOT_LEFT) / (double)(n > 0 ? n : 1);

    return PLOT_LEFT + ((double)i + 0.5) * width;
}

static void add_before(struct buf *out, const struct chart_point *points, size_t n,
                       const struct range *r)
{
    char move = 'M';

    buf_add_str(out, "<path class=\"line\" d=\"");
    for (size_t i = 0; i < n; i++) {
        if (points[i].before < 0)
            continue;
        html_printf(out, "%c%.1f %.1f", move, x_of(i, n) - 8, y_of(r, points[i].before));
        html_printf(out, "H%.1f", x_of(i, n) + 8);
        move = 'L';
    }
    buf_add_str(out, "\"/>\n");
}

void chart_add_points(struct buf *out, const char *title, const struct chart_point *points,
                      size_t n)
{
    struct range r = range_of(points, n);

    begin(out, title, HEIGHT);
    for (int i = 0; i <= 2; i++) {
        double value = r.low + (r.high - r.low) * i / 2;
        add_grid_line(out, y_of(&r, value));
        html_printf(out, "<text class=\"left\" x=\"%d\" y=\"%.1f\">%.1f%%</text>\n",
                    (int)PLOT_LEFT - 4, y_of(&r, value) + 4, value * 100);
    }
    add_before(out, points, n, &r);
    for (size_t i = 0; i < n; i++) {
        if (points[i].after >= 0)
            html_printf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>\n",
                        points[i].is_good ? "good" : "bad", x_of(i, n),
                        y_of(&r, points[i].after));
        if (points[i].label[0])
            add_text(out, "middle", x_of(i, n), PLOT_BOTTOM + 15, points[i].label);
    }
    end(out);
}
