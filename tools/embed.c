/* SPDX-License-Identifier: Apache-2.0
 * embed: turns files into a C source that holds their bytes.
 *
 *     embed OUT.c SYMBOL=FILE...
 *
 * Every SYMBOL becomes `const struct embedded SYMBOL[]` (base/embedded.h) with one row per
 * FILE, in the order given, and a row of zeros at its end. Files of one SYMBOL stand together.
 * A build program: it runs on the building machine and may not use base/. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 64 << 20, BYTES_PER_LINE = 16 };

static void die(const char *what, const char *name)
{
    fprintf(stderr, "embed: %s: '%s'\n", what, name);
    exit(1);
}

static unsigned char *read_file(const char *path, size_t *ret_len)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        die("cannot open", path);

    size_t cap = 4096, len = 0;
    unsigned char *data = malloc(cap);

    while (data) {
        len += fread(data + len, 1, cap - len, f);
        if (len < cap)
            break;
        if (cap > MAX_FILE_BYTES)
            die("larger than 64 MiB", path);
        cap *= 2;
        data = realloc(data, cap);
    }
    if (!data)
        die("out of memory for", path);
    if (ferror(f))
        die("cannot read", path);
    fclose(f);
    *ret_len = len;
    return data;
}

/* The file's name as a C string: only what needs no escape is let through. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    if (*name == '\0' || strpbrk(name, "\"\\\n?"))
        die("not a file name that can be embedded", path);
    return name;
}

static void write_bytes(FILE *out, const char *symbol, int row, const char *path)
{
    size_t len = 0;
    unsigned char *data = read_file(path, &len);

    fprintf(out, "static const unsigned char %s_%d[%zu] = {", symbol, row, len + 1);
    for (size_t i = 0; i <= len; i++)
        fprintf(out, "%s%u,", i % BYTES_PER_LINE == 0 ? "\n" : "", i < len ? data[i] : 0u);
    fprintf(out, "\n};\n");
    free(data);
}

/* Writes the group that starts at args[0] and returns how many arguments it took. */
static int write_group(FILE *out, char *const *args, int n_args)
{
    size_t symbol_len = strcspn(args[0], "=");
    int n = 0;

    if (args[0][symbol_len] != '=' || symbol_len == 0)
        die("expected SYMBOL=FILE", args[0]);
    char symbol[64];
    int len = snprintf(symbol, sizeof(symbol), "%.*s", (int)symbol_len, args[0]);
    if (len < 0 || (size_t)len >= sizeof(symbol))
        die("symbol too long", args[0]);

    while (n < n_args && strncmp(args[n], args[0], symbol_len + 1) == 0) {
        write_bytes(out, symbol, n, args[n] + symbol_len + 1);
        n++;
    }
    fprintf(out, "extern const struct embedded %s[];\nconst struct embedded %s[] = {\n", symbol,
            symbol);
    for (int i = 0; i < n; i++)
        fprintf(out, "    { \"%s\", %s_%d, sizeof(%s_%d) - 1 },\n",
                base_name(args[i] + symbol_len + 1), symbol, i, symbol, i);
    fprintf(out, "    { 0 },\n};\n");
    return n;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: embed OUT.c SYMBOL=FILE...\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "w");
    if (!out)
        die("cannot create", argv[1]);

    fprintf(out, "/* Written by tools/embed. */\n#include \"base/embedded.h\"\n\n");
    for (int i = 2; i < argc;)
        i += write_group(out, argv + i, argc - i);
    int failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        remove(argv[1]);
        die("cannot write", argv[1]);
    }
    return 0;
}
