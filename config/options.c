/* SPDX-License-Identifier: Apache-2.0 */
#include "config/options.h"

#include "config/checks.h"
#include "config/config.h"

#define AT(place) offsetof(struct config, place)

enum { KIB = 1 << 10, MIB = 1 << 20, GIB = 1 << 30 };
enum { MINUTE = 60, HOUR = 3600 };

const struct option options[] = {
    { "forge.url", OPTION_TEXT, AT(forge.url), 0, 500, "", NULL, check_api_url,
      "Base of the forge's API, without a slash at its end; empty for a hub without a forge.\n"
      "GitHub: https://api.github.com; Gitea and Forgejo: https://HOST/api/v1" },
    { "forge.dialect", OPTION_TEXT, AT(forge.dialect), 0, 16, "auto", "auto|github|gitea", NULL,
      "How the forge speaks. auto: by its address, and where that does not tell, by asking." },
    { "forge.repo", OPTION_TEXT, AT(forge.repo), 0, 200, "", NULL, check_repo,
      "The repository whose community this is: owner/name." },
    { "forge.repositories", OPTION_LIST, AT(forge.repositories), 0, 50, "", NULL, check_repo,
      "More repositories of the same forge, [owner/one, owner/two], each read in its turn and\n"
      "answered by the same rules. Data, training and releases stay with forge.repo." },
    { "forge.token_file", OPTION_TEXT, AT(forge.token_file), 0, 4000, "", NULL, NULL,
      "A file with the access token, readable by its owner only; relative to this file.\n"
      "Empty: the environment's HEARTH_TOKEN. The token itself never stands in here." },
    { "forge.app_id", OPTION_TEXT, AT(forge.app_id), 0, 100, "", NULL, check_line,
      "Client id or number of a GitHub App that the bot acts as, instead of a token." },
    { "forge.app_key_file", OPTION_TEXT, AT(forge.app_key_file), 0, 4000, "", NULL, NULL,
      "The App's private key, PEM, readable by its owner only; relative to this file.\n"
      "Empty: the environment's HEARTH_APP_KEY." },
    { "forge.login", OPTION_TEXT, AT(forge.login), 0, 100, "", NULL, check_line,
      "Whose token it is, where the forge does not say so. That of an Actions job\n"
      "belongs to github-actions[bot]. Empty: the forge is asked." },
    { "forge.upload_url", OPTION_TEXT, AT(forge.upload_url), 0, 500, "", NULL, check_api_url,
      "Where release files go. Empty: the dialect's own rule." },
    { "forge.git_url", OPTION_TEXT, AT(forge.git_url), 0, 500, "", NULL, check_url,
      "Base of git addresses (BASE/owner/name.git). Empty: what the forge says." },
    { "forge.ca_file", OPTION_TEXT, AT(forge.ca_file), 0, 4000, "", NULL, NULL,
      "Certificates to trust, PEM. Empty: the system's." },
    { "forge.timeout", OPTION_DURATION, AT(forge.timeout_s), 1, 10 * MINUTE, "30s", NULL, NULL,
      "How long one request may take." },

    { "retrain.trigger_label", OPTION_TEXT, AT(retrain.trigger_label), 1, 50, "retrain", NULL,
      check_label, "Who puts this label on a pull request asks for a run of its data." },
    { "retrain.accepted_label", OPTION_TEXT, AT(retrain.accepted_label), 1, 50,
      "retrain: accepted", NULL, check_label, "Set when the gate accepts a candidate." },
    { "retrain.refused_label", OPTION_TEXT, AT(retrain.refused_label), 1, 50,
      "retrain: refused", NULL, check_label, "Set when the gate or the screening refuses." },
    { "retrain.min_role", OPTION_TEXT, AT(retrain.min_role), 0, 16, "triage",
      "triage|write|maintain|admin", NULL,
      "The least role, checked when the run starts, whose label counts." },
    { "retrain.trusted_bots", OPTION_LIST, AT(retrain.trusted_bots), 0, 50, "", NULL,
      check_login, "Bots whose label counts. A labeler that anybody can steer is none." },
    { "retrain.licences", OPTION_LIST, AT(retrain.licences), 1, 20, "CC0-1.0, CC-BY-4.0", NULL,
      check_spdx, "Licences that contributed data may state, by SPDX id." },
    { "retrain.max_samples", OPTION_INT, AT(retrain.max_samples), 1, 1000000, "10000", NULL,
      NULL, "Samples in one contribution." },
    { "retrain.max_file_size", OPTION_SIZE, AT(retrain.max_file_size), 64, 64.0 * MIB, "4M",
      NULL, NULL, "Size of one contributed file." },
    { "retrain.max_pack_size", OPTION_SIZE, AT(retrain.max_pack_size), KIB, 4.0 * GIB, "64M",
      NULL, NULL, "What is fetched of one pull request at most." },
    { "retrain.max_files", OPTION_INT, AT(retrain.max_files), 1, 100000, "20000", NULL, NULL,
      "Files in one contribution." },
    { "retrain.fetch_timeout", OPTION_DURATION, AT(retrain.fetch_timeout_s), 1, HOUR, "2m",
      NULL, NULL, "How long fetching one pull request may take." },
    { "retrain.judge_timeout", OPTION_DURATION, AT(retrain.judge_timeout_s), 1, 24 * HOUR,
      "10m", NULL, NULL, "How long screening, training and judging may take." },
    { "retrain.judge_memory", OPTION_SIZE, AT(retrain.judge_memory), 64.0 * MIB, 64.0 * GIB,
      "1G", NULL, NULL, "Memory that the judge may use." },
    { "retrain.arch", OPTION_TEXT, AT(retrain.arch), 0, 16, "cnn", "mlp|cnn|rnn", NULL,
      "The network that is trained: cnn reads best, mlp and rnn are quicker." },
    { "retrain.seed", OPTION_INT, AT(retrain.seed), 0, 4294967295.0, "1", NULL, NULL,
      "The same data and seed give the same model, bit for bit." },
    { "retrain.epochs", OPTION_INT, AT(retrain.epochs), 1, 1000, "30", NULL, NULL,
      "How often training sees each sample." },
    { "retrain.threads", OPTION_INT, AT(retrain.threads), 1, 256, "1", NULL, NULL,
      "Threads for training; the result does not depend on it." },

    { "gate.mcnemar_p", OPTION_NUMBER, AT(gate.mcnemar_p), 0.0001, 0.5, "0.05", NULL, NULL,
      "A loss of accuracy counts when the exact McNemar test gives less than this." },
    { "gate.max_nll_ratio", OPTION_NUMBER, AT(gate.max_nll_ratio), 1, 10, "1.02", NULL, NULL,
      "The candidate's negative log-likelihood over the champion's, at most." },
    { "gate.max_unlike", OPTION_NUMBER, AT(gate.max_unlike), 0, 100, "1.5", NULL, NULL,
      "A picture is refused as no digit when a network that draws digits again misses it by\n"
      "more than this times what it misses 99 of 100 held-out digits by. 0: none is refused." },
    { "gate.min_label_p", OPTION_NUMBER, AT(gate.min_label_p), 0, 1, "0.1", NULL, NULL,
      "A sample is refused when the model in service gives its label less than this." },
    { "gate.alarm_p", OPTION_NUMBER, AT(gate.alarm_p), 0, 0.1, "0.001", NULL, NULL,
      "All of a contribution is refused when so many such labels are less probable." },

    { "release.enabled", OPTION_BOOL, AT(release.enabled), 0, 1, "true", NULL, NULL,
      "Publish a release when accepted contributions were merged." },
    { "release.hub_repo", OPTION_TEXT, AT(release.hub_repo), 3, 200, "community/digits", NULL,
      check_repo, "The model's repository on our own hub: namespace/name." },
    { "release.model_licence", OPTION_TEXT, AT(release.model_licence), 1, 64, "Apache-2.0",
      NULL, check_spdx, "Licence of the weights, by SPDX id." },
    { "release.title", OPTION_TEXT, AT(release.title), 1, 100, "Digit classifier", NULL,
      check_line, "The model's name on its card and in release notes." },

    { "budgets.content_per_minute", OPTION_INT, AT(budgets.content_per_minute), 1, 80, "60",
      NULL, NULL, "Writes to the forge in a minute." },
    { "budgets.content_per_hour", OPTION_INT, AT(budgets.content_per_hour), 1, 500, "400", NULL,
      NULL, "Writes to the forge in an hour." },
    { "budgets.content_gap_ms", OPTION_INT, AT(budgets.content_gap_ms), 0, 60000, "1000", NULL,
      NULL, "Milliseconds between two writes, at least." },
    { "budgets.reserve_percent", OPTION_INT, AT(budgets.reserve_percent), 0, 90, "10", NULL,
      NULL, "Share of the forge's request quota that is left to others." },
    { "budgets.points_per_minute", OPTION_INT, AT(budgets.points_per_minute), 60, 800, "800",
      NULL, NULL,
      "Requests in a minute, a read for 1 and a write for 5, where the forge tells a quota.\n"
      "GitHub allows 900." },
    { "budgets.per_rule", OPTION_INT, AT(budgets.per_rule), 1, 10000, "100", NULL, NULL,
      "Actions that one rule may send in a cycle; the rest is left over." },
    { "budgets.ceilings", OPTION_LIST, AT(budgets.ceilings), 0, 50, "", NULL, check_ceiling,
      "Other numbers for single rules, as RULE=N; 0 sends nothing." },
    { "budgets.cycle_deadline", OPTION_DURATION, AT(budgets.cycle_deadline_s), 10, 24 * HOUR,
      "50m", NULL, NULL, "After this time a cycle starts nothing new; the rest is left over." },

    { "serve.listen", OPTION_TEXT, AT(serve.listen), 3, 200, "127.0.0.1:8080", NULL,
      check_listen, "Address and port of `hearth serve`; port 0 takes a free one." },
    { "serve.webhook_secret_file", OPTION_TEXT, AT(serve.webhook_secret_file), 0, 4000, "",
      NULL, NULL,
      "A file with the secret of the forge's webhooks, which /hooks/forge takes; relative to\n"
      "this file. Empty: the environment's HEARTH_WEBHOOK_SECRET; without either, none." },
    { "serve.public_url", OPTION_TEXT, AT(serve.public_url), 0, 500, "", NULL, check_url,
      "How the world reaches it, for links. Empty: the listen address." },
    { "serve.access_log", OPTION_TEXT, AT(serve.access_log), 0, 500, "", NULL, check_line,
      "File that gets a line for each request, in the combined log format; - is standard\n"
      "error. Empty: none is kept." },
    { "serve.proxy", OPTION_TEXT, AT(serve.proxy), 0, 64, "", NULL, check_address,
      "Address of the proxy in front, whose X-Forwarded-For tells who asks. Empty: none." },
    { "serve.accel", OPTION_TEXT, AT(serve.accel), 0, 200, "", NULL, check_folder_url,
      "Where serve.proxy finds the folder hub/ for X-Accel-Redirect, as /_hearth_files/; it\n"
      "sends large files then. Empty: Hearth does." },
    { "serve.max_connections", OPTION_INT, AT(serve.max_connections), 16, 100000, "2048", NULL,
      NULL, "Connections open at the same time." },
    { "serve.max_per_address", OPTION_INT, AT(serve.max_per_address), -1, 100000, "-1", NULL,
      NULL,
      "Of these from one address; 0 sets no such limit. -1 is 256, or no limit where all come\n"
      "from one: with serve.proxy, or on a loopback address." },
    { "serve.rate_limit", OPTION_INT, AT(serve.rate_limit), -1, 1e9, "-1", NULL, NULL,
      "Requests that one address (of IPv6: one /64), or one token, may make in 5 minutes; 0\n"
      "sets no limit. -1 is 10000, but any number from this machine: behind a proxy set\n"
      "serve.proxy, or nobody is counted." },
    { "serve.quota", OPTION_SIZE, AT(serve.quota), 0, 0x1p50, "0", NULL, NULL,
      "What the repositories of a namespace may take in all; 0 sets no limit." },
    { "serve.part_size", OPTION_SIZE, AT(serve.part_size), 0x1p20, 0x1p36, "512M", NULL, NULL,
      "Larger uploads may come in parts of this size; a proxy must take bodies as large." },

    { "report.title", OPTION_TEXT, AT(report.title), 1, 100, "Community report", NULL,
      check_line, "Heading of the report." },
    { "report.bots", OPTION_LIST, AT(report.bots), 0, 200, "", NULL, check_login,
      "Accounts that figures leave out, beside those the forge marks as bots." },
    { 0 },
};
