/* SPDX-License-Identifier: Apache-2.0
 * config/config.h
 * config: what may be set, from hearth.yml.
 * One options table (config/options.c) gives every key its type, bounds, default and help; the
 * struct below is filled from it, `hearth init` writes the commented file from it, and the
 * reference in docs/ is generated from it. Secrets are never in here, only where they are. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct string_list {
    char **items;
    size_t n;
};

struct config {
    char *path; /* of hearth.yml */
    char *dir;  /* its folder: databases, hub/, reports/, cache/ lie beside it */

    struct {
        char *url;     /* API base, any prefix, no trailing slash; "" for a hub-only instance */
        char *dialect; /* "auto", "github", "gitea" */
        char *repo;    /* "owner/name" */
        struct string_list repositories; /* more of them */
        char *token_file;   /* relative to dir; "" takes HEARTH_TOKEN from the environment */
        char *app_id;       /* of a GitHub App, instead of a token; "" for none */
        char *app_key_file; /* its key; "" takes HEARTH_APP_KEY */
        char *login;        /* whose token it is; "" asks the forge */
        char *upload_url;   /* "" takes the dialect's rule */
        char *git_url;      /* clone base, "" takes the repository's clone_url */
        char *ca_file;      /* "" takes the system's */
        int64_t timeout_s;
    } forge;
    struct {
        char *trigger_label;  /* "retrain" */
        char *accepted_label; /* "retrain: accepted" */
        char *refused_label;  /* "retrain: refused" */
        char *min_role;       /* "triage": least role whose label counts */
        struct string_list trusted_bots;
        struct string_list licences; /* SPDX ids that contributions may carry */
        int64_t max_samples;         /* per contribution */
        int64_t max_file_size;       /* bytes */
        int64_t max_pack_size;       /* bytes fetched for one PR */
        int64_t max_files;
        int64_t fetch_timeout_s, judge_timeout_s;
        int64_t judge_memory; /* bytes */
        char *arch;           /* "mlp" */
        int64_t seed, epochs, threads;
    } retrain;
    struct {
        double mcnemar_p;     /* a loss is significant below it */
        double max_nll_ratio; /* candidate over champion */
        double max_unlike;    /* a picture further from all digits is refused; 0: none */
        double min_label_p;   /* a label that the champion gives less is refused; 0: none */
        double alarm_p;       /* contradictions so improbable refuse all; 0: never */
    } gate;
    struct {
        bool enabled;
        char *hub_repo;      /* "namespace/name" of the model on our hub */
        char *model_licence; /* SPDX id of weights */
        char *title;
    } release;
    struct {
        int64_t content_per_minute, content_per_hour; /* writes */
        int64_t content_gap_ms;                       /* between two of them */
        int64_t reserve_percent;                      /* of the read quota, left to others */
        int64_t points_per_minute;                    /* a read 1, a write 5 */
        int64_t per_rule;                             /* actions of one rule in a cycle */
        struct string_list ceilings;                  /* "RULE=N": for this rule another */
        int64_t cycle_deadline_s;
    } budgets;
    struct {
        char *listen;              /* "127.0.0.1:8080" */
        char *public_url;          /* "" takes the listen address */
        char *webhook_secret_file; /* "" takes HEARTH_WEBHOOK_SECRET; neither: no webhooks */
        char *access_log;          /* path, "-", or "" for none */
        char *proxy;               /* numeric address that is believed, or "" */
        char *accel;               /* where it finds the hub's folder, or "" */
        int64_t max_connections, max_per_address;
        int64_t rate_limit; /* requests of an address or token in 5 minutes; 0: no limit */
        int64_t quota;      /* bytes of a namespace's repositories; 0: no limit */
        int64_t part_size;  /* bytes */
    } serve;
    struct {
        char *title;
        struct string_list bots; /* logins counted as bots beside those the forge names */
    } report;
};

/* Every fault of the file at once, one a line, `file:line: key: what is wrong`, with the
 * nearest known key; -ERR_CONFIG. */
int config_load(struct config **ret, const char *path, struct buf *faults, struct err *err);
/* The same for a text that stands, or would stand, at path. */
int config_load_text(struct config **ret, const char *path, const char *text, size_t len,
                     struct buf *faults, struct err *err);
void config_free(struct config *config); /* NULL is fine */

/* The repositories that are served, "owner/name": forge.repo is the first, 0. */
size_t config_n_repositories(const struct config *config);
const char *config_repository(const struct config *config, size_t index);

/* A path beside hearth.yml; the caller frees. */
char *config_path(const struct config *config, const char *name);

/* The commented hearth.yml: every option with help and default; set overrides "key=value". */
struct config_setting {
    const char *key, *value;
};
int config_write_template(struct buf *out, const struct config_setting *set, size_t n_set,
                          struct err *err);

/* docs/configuration.md: every option with default, bounds and help, as Markdown. */
int config_write_reference(struct buf *out, struct err *err);

/* Secrets, each from its file, else from the environment; -ERR_CONFIG says where it looked. The
 * caller's to free: config_forget_secret wipes first. */
enum config_secret {
    CONFIG_TOKEN,   /* forge.token_file, HEARTH_TOKEN */
    CONFIG_APP_KEY, /* forge.app_key_file, HEARTH_APP_KEY: many lines */
    CONFIG_WEBHOOK, /* serve.webhook_secret_file, HEARTH_WEBHOOK_SECRET */
};
int config_read_secret(char **ret, const struct config *config, enum config_secret which,
                       struct err *err);
bool config_has_secret(const struct config *config, enum config_secret which); /* or should */
void config_forget_secret(char *secret); /* NULL is fine */

#endif
